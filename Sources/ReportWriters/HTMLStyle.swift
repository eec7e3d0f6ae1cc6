// SPDX-License-Identifier: Apache-2.0
//
// The style sheet of the HTML reports: light and dark by the reader's own setting, and paper.

extension HTML {
  static let style = """
    :root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1d2327;--soft:#5c6770;--rule:#dfe3e6;
    --pass:#1b7f4b;--warn:#946200;--fail:#b3261e;--info:#2a6592;--skip:#6b7480;
    --c1:#2266aa;--c2:#c2571a;--c3:#2f8f5b;--c4:#8a4fb0;--c5:#a8871a;--c6:#c23b6a}
    @media(prefers-color-scheme:dark){:root{--bg:#14181b;--card:#1c2226;--ink:#e6eaed;--soft:#9aa6af;
    --rule:#333c42;--pass:#5ac98d;--warn:#e0b04a;--fail:#ff8a80;--info:#7fb8e6;--skip:#98a2ac;
    --c1:#6fb1f0;--c2:#f0965c;--c3:#6fd09b;--c4:#c79be6;--c5:#e0c45c;--c6:#f08bb0}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);
    font:15px/1.5 system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif}
    main{max-width:1000px;margin:0 auto;padding:28px 20px 60px}
    h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
    h2{font-size:18px;margin:0 0 12px}
    h3{font-size:15px;margin:18px 0 6px}
    p{margin:0 0 10px}
    .sub{color:var(--soft);overflow-wrap:anywhere}
    .mark{font-weight:600;font-size:12px;letter-spacing:.05em;color:var(--soft);
    text-transform:uppercase;margin-bottom:6px}
    section{background:var(--card);border:1px solid var(--rule);border-radius:10px;
    padding:18px 20px;margin-top:18px}
    .banner{border-left:6px solid var(--skip);font-size:16px}
    .banner.pass{border-left-color:var(--pass)}.banner.fail{border-left-color:var(--fail)}
    .banner.warn{border-left-color:var(--warn)}
    .banner strong{display:block;font-size:19px}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:18px}
    .cards div{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 16px}
    .cards b{display:block;font-size:22px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    .cards span{color:var(--soft);font-size:13px}
    .scroll{overflow-x:auto}td{white-space:pre-line;overflow-wrap:anywhere}
    ul{margin:0;padding-left:20px}li{overflow-wrap:anywhere}
    ul.inline{display:flex;flex-wrap:wrap;gap:2px 20px;padding:0;list-style:none}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
    th{font-weight:600;color:var(--soft);font-size:13px;vertical-align:bottom}
    th.n,td.n{text-align:right}td.n{white-space:nowrap}ul+.scroll{margin-top:12px}
    tr:last-child td{border-bottom:0}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}
    dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    pre,code{font:13px/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    pre{margin:8px 0 0;padding:12px;border:1px solid var(--rule);border-radius:8px;
    white-space:pre-wrap;overflow-wrap:anywhere;background:var(--bg)}
    pre mark{background:none;color:var(--fail);font-weight:700}
    details{border-top:1px solid var(--rule);padding:8px 0}details:first-of-type{border-top:0}
    summary{cursor:pointer;overflow-wrap:anywhere}
    .v{display:inline-block;min-width:92px;font-weight:600}
    .v.pass{color:var(--pass)}.v.fail,.v.error{color:var(--fail)}.v.warn{color:var(--warn)}
    .v.info,.v.waived{color:var(--info)}.v.skipped,.v.inconclusive{color:var(--skip)}
    .bar{display:flex;height:14px;border-radius:7px;overflow:hidden;background:var(--rule);margin:0 0 14px}
    .bar i{display:block;height:100%}
    .bar .accepted{background:var(--pass)}.bar .deferred{background:var(--c5)}
    .bar .rejected{background:var(--fail)}.bar .throttled{background:var(--c4)}
    .bar .lost{background:var(--ink)}
    td[class^=key-]::before{content:"";display:inline-block;width:10px;height:10px;border-radius:3px;
    margin-right:8px;background:var(--rule);print-color-adjust:exact;-webkit-print-color-adjust:exact}
    td.key-accepted::before{background:var(--pass)}td.key-deferred::before{background:var(--c5)}
    td.key-rejected::before{background:var(--fail)}td.key-throttled::before{background:var(--c4)}
    td.key-lost::before{background:var(--ink)}
    td.pass{color:var(--pass);font-weight:600}td.fail{color:var(--fail);font-weight:600}
    .chart{margin:0 0 20px;break-inside:avoid}.chart h3{margin:0 0 4px}
    .chart svg.wide{width:100%;height:auto;display:block}.chart svg.narrow{display:none;max-width:480px}
    .chart text{fill:var(--soft);font-size:12px}.chart .title{fill:var(--ink)}
    .grid{stroke:var(--rule);stroke-width:1}.axis,.tick{stroke:var(--soft);stroke-width:1}
    .line{fill:none;stroke-width:2;stroke-linejoin:round}
    .line.c1{stroke:var(--c1)}.line.c2{stroke:var(--c2);stroke-dasharray:7 3}
    .line.c3{stroke:var(--c3)}.line.c4{stroke:var(--c4);stroke-dasharray:2 3}
    .line.c5{stroke:var(--c5)}.line.c6{stroke:var(--c6);stroke-dasharray:9 3 2 3}
    .dot.c1{fill:var(--c1)}.dot.c2{fill:var(--c2)}.dot.c3{fill:var(--c3)}
    .dot.c4{fill:var(--c4)}.dot.c5{fill:var(--c5)}.dot.c6{fill:var(--c6)}
    figcaption{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--soft);font-size:13px;margin-top:4px}
    .key svg{width:26px;height:8px;margin-right:6px;vertical-align:middle}
    footer{color:var(--soft);font-size:13px;margin-top:24px}
    @media(max-width:700px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}
    main{padding:16px 10px 40px}section{padding:14px 12px}.cards{grid-template-columns:1fr 1fr}
    th,td{padding:5px 6px}table{font-size:13px}td:first-child{min-width:86px}
    .chart svg.wide{display:none}.chart svg.narrow{display:block;width:100%;height:auto}}
    @media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb;
    --pass:#156239;--warn:#6f4a00;--fail:#8f1d17;--info:#1f4c6d;--skip:#4d545c;
    --c1:#2266aa;--c2:#c2571a;--c3:#2f8f5b;--c4:#8a4fb0;--c5:#7d6510;--c6:#c23b6a}
    body{font-size:12px}main{max-width:none;padding:0}th,td{padding:3px 6px}table,th{font-size:11px}
    .cards div,.chart,tr{break-inside:avoid}h2,h3{break-after:avoid}
    .scroll{overflow:visible}.bar,.bar i{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    .chart svg.wide{display:block}.chart svg.narrow{display:none}}
    """
}
