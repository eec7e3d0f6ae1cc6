// SPDX-License-Identifier: Apache-2.0
//
// What connections cost and what their reuse is worth, in the HTML report.

import RunRecord

extension HTMLReport {
  func reuse(_ load: LoadRecord) -> String {
    var content = ""
    if let cost = setupCost(of: load) { content += "<p>\(HTML.escaped(cost))</p>" }
    content += HTML.facts(cells: connections(load))
    if !load.endings.isEmpty { content += endings(load) }
    content += handshakes(load)
    if load.positions.count > 1 { content += positions(load) }
    return content
  }

  /// The phases that a connection passes once, before its first message.
  private static let setup = ["connect", "tls", "greeting", "ehlo", "starttls", "auth"]

  /// What a fresh connection costs beside a message on an open one, in words.
  ///
  /// Means are used because only they add up: a connection with STARTTLS says hello twice.
  private func setupCost(of load: LoadRecord) -> String? {
    guard load.connections.opened > 0 else { return nil }
    let parts = Self.setup.compactMap { phase in
      load.latency[phase].map {
        (phase: phase, mean: $0.mean * Double($0.count) / Double(load.connections.opened))
      }
    }
    let total = parts.reduce(0) { $0 + $1.mean }
    guard total > 0 else { return nil }
    let words = parts.map { "\($0.phase) \(Figures.duration(microseconds: $0.mean))" }
    var text =
      "Setting up a connection took \(Figures.duration(microseconds: total)) on average ("
      + words.joined(separator: ", ") + ")"
    if let transaction = load.latency["transaction"] {
      text += "; a message on an open one \(Figures.duration(microseconds: transaction.mean))"
    }
    return text + "."
  }

  private func connections(_ load: LoadRecord) -> [(label: String, cell: HTML.Cell)] {
    let connections = load.connections
    let field = "/load/connections"
    var rows: [(label: String, cell: HTML.Cell)] = [
      ("opened", .count(connections.opened, "\(field)/opened")),
      ("open at once", .count(connections.peak, "\(field)/peak")),
      ("opened a second", .rate(load.connectionRate, "/load/throughput/connections_per_s")),
      ("refused", .count(connections.refused, "\(field)/refused")),
      ("messages on a reused one", .count(connections.reusedMessages, "\(field)/reused_messages")),
    ]
    let refusals = connections.refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (reason, number) in refusals {
      rows.append(("refused because", HTML.Cell("\(Figures.count(number)) × \(reason)")))
    }
    if connections.fullHandshakes + connections.resumedHandshakes > 0 {
      rows.append(
        ("full TLS handshakes", .count(connections.fullHandshakes, "\(field)/full_handshakes")))
      rows.append(
        (
          "resumed TLS handshakes",
          .count(connections.resumedHandshakes, "\(field)/resumed_handshakes")
        ))
    }
    return rows
  }

  /// How the target ended connections that we would have used on.
  private func endings(_ load: LoadRecord) -> String {
    let words: [EndingRecord.Manner: String] = [
      .announced: "with 421", .closed: "without a word (FIN)", .reset: "by a reset (RST)",
      .truncated: "inside TLS without close_notify",
    ]
    // A target that ends connections at random ends them in as many ways as there are messages.
    let shown = load.endings.prefix(12)
    let rows = shown.enumerated().map { place, ending in
      [
        HTML.Cell(words[ending.manner] ?? ending.manner.rawValue),
        .count(ending.after, "/load/endings/\(place)/after"),
        .count(ending.count, "/load/endings/\(place)/count"),
      ]
    }
    let rest = load.endings.dropFirst(shown.count).reduce(0) { $0 + $1.count }
    return "<h3>Connections that the target ended</h3>"
      + HTML.table(["how", "after messages", "times"], cells: rows)
      + (rest > 0 ? "<p class=\"sub\">and \(Figures.count(rest)) more</p>" : "")
  }

  private func handshakes(_ load: LoadRecord) -> String {
    let kinds = [
      ("full", load.fullHandshake, "/load/handshakes/full"),
      ("resumed", load.resumedHandshake, "/load/handshakes/resumed"),
    ]
    let rows = kinds.compactMap { name, latency, field in
      latency.map { figures(of: $0, named: name, at: field) }
    }
    guard !rows.isEmpty else { return "" }
    return "<h3>TLS handshakes</h3>"
      + HTML.table(
        ["handshake", "count", "p50", "p90", "p99", "p99.9", "max"], cells: rows)
  }

  private func positions(_ load: LoadRecord) -> String {
    let places = load.positions
    let line: (String, String, (LatencyRecord) -> Double) -> SVGChart.Line = { name, style, value in
      SVGChart.Line(
        name: name,
        points: places.enumerated().map { (x: Double($0), y: value($1.latency)) }, style: style,
        isDotted: true)
    }
    let highest = places.map(\.latency.p99).max() ?? 1
    let chart = SVGChart(
      id: "positions", title: "Latency by place of the message on its connection",
      x: .init(
        title: "1st, 2nd, … message of a connection",
        range: -0.4...(Double(places.count) - 0.6),
        marks: places.enumerated().map { (Double($0), $1.label) }),
      y: .fromZero("latency", to: highest) { Figures.duration(microseconds: $0) },
      lines: [line("p50", "c1", \.p50), line("p99", "c2", \.p99)], height: 220)
    let rows = places.enumerated().map { index, place in
      figures(of: place.latency, named: place.label, at: "/load/positions/\(index)/latency")
    }
    return chart.markup
      + HTML.table(
        ["message of the connection", "count", "p50", "p90", "p99", "p99.9", "max"], cells: rows)
  }
}
