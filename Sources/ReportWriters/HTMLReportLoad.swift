// SPDX-License-Identifier: Apache-2.0
//
// The part of the HTML report that shows a load: first what a manager asks, then what an engineer
// needs to believe it.

import RunRecord

extension HTMLReport {
  func loadSections(_ load: LoadRecord) -> String {
    var page = cards(load)
    if !load.findings.isEmpty {
      let items = load.findings.enumerated().map { place, finding in
        HTML.Cell(finding, field: "/load/findings/\(place)").markup("li")
      }
      page += HTML.section("What happened", "<ul>\(items.joined())</ul>")
    }
    page += HTML.section("Outcomes", outcomes(load))
    if load.timeline.count > 1 { page += HTML.section("Over time", timeCharts(load)) }
    if !load.latency.isEmpty { page += HTML.section("Latency", latencies(load)) }
    if !load.stages.isEmpty || !load.replies.isEmpty {
      page += HTML.section("Replies", replies(load))
    }
    page += HTML.section("Connections and their reuse", reuse(load))
    return page + HTML.section("Can these figures be trusted?", trust(load))
  }

  /// What a study of reuse found, in front of the load over reused connections.
  func reuseSection(_ reuse: ReuseRecord) -> String {
    let items = rows.sentences(of: reuse).map { "<li>\(HTML.escaped($0))</li>" }
    return HTML.section(
      "Fresh, resumed and reused connections",
      "<ul>\(items.joined())</ul>"
        + HTML.table(SummaryRows.reuseHeader, cells: rows.ways(of: reuse)))
  }

  private func cards(_ load: LoadRecord) -> String {
    let messages = load.messages
    var cards: [(HTML.Cell, String)] = [
      (.count(messages.accepted, "/load/messages/accepted"), "messages accepted"),
      (.rate(load.throughput, "/load/throughput/messages_per_s"), "throughput"),
    ]
    if messages.attempted > 0 {
      let whole = "/load/messages/attempted"
      cards.append(
        (
          .share(
            messages.accepted, of: messages.attempted, "/load/messages/accepted", whole: whole),
          "of those attempted"
        ))
    }
    if let transaction = load.latency["transaction"] {
      let field = "/load/latency/transaction"
      cards.append(
        (.time(microseconds: transaction.p50, "\(field)/p50_us"), "half are done within"))
      cards.append(
        (.time(microseconds: transaction.p99, "\(field)/p99_us"), "99 of 100 are done within"))
    }
    cards.append((.count(load.connections.opened, "/load/connections/opened"), "connections"))
    let items = cards.map { cell, name in
      "<div>\(cell.markup("b"))<span>\(HTML.escaped(name))</span></div>"
    }
    return "<div class=\"cards\">\(items.joined())</div>\n"
  }

  // MARK: Outcomes

  /// What each outcome means, for readers who do not live with SMTP.
  private static let meanings = [
    "accepted": "the relay took responsibility (2yz)",
    "deferred": "try again later (4yz)",
    "rejected": "refused for good (5yz)",
    "throttled": "held back by a limit or policy (421, 4.7.x, 4.5.x)",
    "lost": "no reply: the connection ended or the time limit passed",
    "not started": "planned, but no session was free or left to send it",
  ]

  private func outcomes(_ load: LoadRecord) -> String {
    let messages = load.messages
    let parts = [
      ("accepted", messages.accepted), ("deferred", messages.deferred),
      ("rejected", messages.rejected), ("throttled", messages.throttled), ("lost", messages.lost),
    ]
    let total = Double(max(messages.attempted, 1))
    let bar = parts.filter { $0.1 > 0 }.map { name, number in
      let share = Figures.fixed(Double(number) / total * 100, places: 2)
      return "<i class=\"\(name)\" style=\"width:\(share)%\" title=\"\(name)\"></i>"
    }
    var rows = parts.filter { $0.0 == "accepted" || $0.1 > 0 }.map { name, number in
      outcome(name, number, share: messages.attempted, member: name)
    }
    if messages.notStarted > 0 {
      rows.append(outcome("not started", messages.notStarted, share: nil, member: "not_started"))
    }
    let attempts = HTML.Cell.count(messages.attempted, "/load/messages/attempted").markup()
    return "<p class=\"sub\">\(attempts) attempted, each with exactly one outcome.</p>"
      + "<div class=\"bar\">\(bar.joined())</div>"
      + HTML.table(
        ["outcome", "messages", "share", "meaning"], cells: rows, textColumns: [0, 3])
  }

  private func outcome(_ name: String, _ number: Int, share whole: Int?, member: String)
    -> [HTML.Cell]
  {
    let field = "/load/messages/\(member)"
    let share = whole.map {
      HTML.Cell.share(number, of: $0, field, whole: "/load/messages/attempted")
    }
    return [
      HTML.Cell(name, style: "key-\(member)"), .count(number, field), share ?? "",
      HTML.Cell(Self.meanings[name] ?? ""),
    ]
  }

  // MARK: Replies

  private func replies(_ load: LoadRecord) -> String {
    let names = SummaryRows.phaseOrder.filter { load.stages[$0] != nil }
    let others = load.stages.keys.filter { !names.contains($0) }.sorted()
    let rows = (names + others).flatMap { stage -> [[HTML.Cell]] in
      let codes = load.stages[stage] ?? [:]
      return codes.sorted { $0.key < $1.key }.map { code, count in
        let field = "/load/stages" + HTML.pointerStep(stage) + HTML.pointerStep(code)
        let texts = load.samples[code] ?? []
        return [
          HTML.Cell(stage), HTML.Cell(code), .count(count, field),
          HTML.Cell(texts.joined(separator: "\n")),
        ]
      }
    }
    var content = ""
    if !rows.isEmpty {
      content += HTML.table(
        ["stage", "reply", "count", "what it said"], cells: rows, textColumns: [0, 1, 3])
    }
    let totals = load.replies.sorted { $0.key < $1.key }.map { code, count in
      let cell = HTML.Cell.count(count, "/load/replies/\(code)").markup()
      return "<li>\(code == 0 ? "no code" : String(code)): \(cell)</li>"
    }
    if !totals.isEmpty {
      content += "<h3>All replies by code</h3><ul class=\"inline\">\(totals.joined())</ul>"
    }
    // Codes that no stage lists, such as reasons of lost messages.
    let listed = Set(load.stages.values.flatMap(\.keys))
    let unlisted = load.samples.filter { !listed.contains($0.key) }.sorted { $0.key < $1.key }
    if !unlisted.isEmpty {
      let rows = unlisted.flatMap { code, texts in texts.map { (label: code, text: $0) } }
      content += "<h3>Reasons</h3>" + HTML.facts(rows)
    }
    return content
  }

  // MARK: Trust

  private func trust(_ load: LoadRecord) -> String {
    var rows: [(label: String, cell: HTML.Cell)] = [
      ("measurement", HTML.Cell(rows.invalidity.map { "not valid: \($0)" } ?? "valid")),
      ("model", HTML.Cell(rows.model(of: load))),
      (
        "measured time",
        HTML.Cell(Figures.duration(seconds: load.measured), field: "/load/measured_s")
      ),
      ("sessions", .count(load.sessions, "/load/sessions")),
      ("workers", .count(load.workers, "/load/workers")),
      (
        "own CPU",
        HTML.Cell(
          "\(Figures.fixed(load.cpuShare * 100, places: 0)) % of a core; "
            + "above 95 % of each worker the harness is the bottleneck")
      ),
    ]
    rows += rate(load)
    if load.messages.accepted > 0 {
      rows.append(
        (
          "own CPU a message",
          .time(microseconds: load.cpuPerMessage, "/load/harness/cpu_us_per_message")
        ))
    }
    if let memory = load.memory {
      let relay = memory.includesRelay ? ", the embedded relay included" : ""
      rows.append(
        (
          "memory",
          HTML.Cell(
            "\(Figures.octets(Double(memory.perSession))) a session with "
              + "\(Figures.count(memory.sessions)) open"
              + " (\(Figures.octets(Double(memory.resident))) resident\(relay))")
        ))
    }
    return HTML.facts(cells: rows)
  }

  /// What an open load asked for and what became of it.
  private func rate(_ load: LoadRecord) -> [(label: String, cell: HTML.Cell)] {
    guard let arrivals = load.arrivals else { return [] }
    let field = "/load/arrivals"
    var rows: [(label: String, cell: HTML.Cell)] = [
      ("asked for", HTML.Cell(arrivals.plan, field: "\(field)/plan")),
      ("rate asked for", .rate(arrivals.asked, "\(field)/asked_per_s")),
      ("rate achieved", .rate(arrivals.achieved, "\(field)/achieved_per_s")),
      ("planned", .count(arrivals.planned, "\(field)/planned")),
      ("waited for a session", .count(arrivals.waited, "\(field)/waited")),
      ("begun late by us", .count(arrivals.late, "\(field)/late")),
    ]
    if let lateness = load.lateness {
      rows.append(("lateness p99", .time(microseconds: lateness.p99, "/load/lateness/p99_us")))
    }
    return rows
  }
}
