// SPDX-License-Identifier: Apache-2.0
//
// What the certificate's page needs besides the style of all reports.

enum CertificateStyle {
  static let text = """
    .verdicts td,.verdicts th{padding:3px 8px}
    .verdicts tr.top td{border-top:1px solid var(--rule)}.verdicts td{border-bottom:0}
    .verdicts tr.sum td{font-weight:600}
    .c-pass{color:var(--pass)}.c-fail,.c-error{color:var(--fail);font-weight:700}
    .c-warn{color:var(--warn)}.c-info,.c-waived{color:var(--info)}
    .c-skipped,.c-inconclusive{color:var(--skip)}
    .mini{display:block;margin-top:6px;background:var(--rule)}
    .b-pass{fill:var(--pass)}.b-info,.b-waived{fill:var(--info)}.b-warn{fill:var(--warn)}
    .b-fail{fill:var(--fail)}.b-skipped,.b-inconclusive{fill:var(--rule)}
    .chip{display:inline-block;border:1px solid currentColor;border-radius:9px;padding:0 8px;
    font-size:12px;font-weight:600;color:var(--warn)}
    .chip.s-high,.chip.s-critical{color:var(--fail)}.chip.s-low{color:var(--skip)}
    .count{display:inline-block;min-width:34px;font-weight:600;font-variant-numeric:tabular-nums}
    .ids{margin:6px 0 4px;padding-left:22px;font-size:14px}
    .ids li{overflow-wrap:anywhere}
    details>dl{margin:8px 0}
    details.part{padding:3px 0;border:0}
    h4{margin:10px 0 4px;font-size:14px}
    .gate{border-top:1px solid var(--rule);padding-bottom:8px}
    pre mark{display:inline-block;min-width:100%;background:none;
    border-left:3px solid var(--fail);margin-left:-12px;padding-left:9px}
    a{color:var(--info)}
    .matrix .v{min-width:0}.matrix td:first-child{min-width:260px}
    .matrix thead th{position:sticky;top:0;background:var(--card)}
    @media print{details.part{display:none}.chip{border-color:#000}}
    """
}
