// SPDX-License-Identifier: Apache-2.0
//
// The part of the HTML report that shows a load.

import RunRecord

extension HTMLReport {
  func loadSections(_ load: LoadRecord) -> String {
    var page = cards(load)
    if !load.findings.isEmpty {
      let items = load.findings.map { "<li>\(HTML.escaped($0))</li>" }
      page += HTML.section("What happened", "<ul>\(items.joined())</ul>")
    }
    page += HTML.section("Outcomes", outcomes(load))
    let latencies = rows.latencies(of: load)
    if !latencies.isEmpty {
      page += HTML.section(
        "Latency",
        "<p class=\"sub\">\(HTML.escaped(rows.model(of: load)))</p>" + percentiles(load)
          + HTML.table(SummaryRows.latencyHeader, latencies))
    }
    if load.timeline.count > 1 { page += HTML.section("Over time", timeCharts(load)) }
    if !load.stages.isEmpty { page += HTML.section("Replies by stage", stages(load)) }
    if load.positions.count > 1 {
      page += HTML.section("By position in the connection", positions(load))
    }
    return page + HTML.section("Facts", HTML.facts(rows.facts(of: load)))
  }

  /// What a study of reuse found, in front of the load over reused connections.
  func reuseSection(_ reuse: ReuseRecord) -> String {
    let items = rows.sentences(of: reuse).map { "<li>\(HTML.escaped($0))</li>" }
    return HTML.section(
      "Fresh, resumed and reused connections",
      "<ul>\(items.joined())</ul>" + HTML.table(SummaryRows.reuseHeader, rows.ways(of: reuse)))
  }

  private func cards(_ load: LoadRecord) -> String {
    var cards = [
      (Figures.count(load.messages.accepted), "messages accepted"),
      (Figures.rate(load.throughput), "throughput"),
      (Figures.share(load.messages.errors, of: load.messages.attempted), "not accepted"),
    ]
    if let transaction = load.latency["transaction"] {
      cards.append((Figures.duration(microseconds: transaction.p50), "transaction p50"))
      cards.append((Figures.duration(microseconds: transaction.p99), "transaction p99"))
    }
    cards.append((Figures.count(load.connections.opened), "connections"))
    let items = cards.map { value, name in
      "<div><b>\(HTML.escaped(value))</b><span>\(HTML.escaped(name))</span></div>"
    }
    return "<div class=\"cards\">\(items.joined())</div>\n"
  }

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
    return "<div class=\"bar\">\(bar.joined())</div>"
      + HTML.table(["outcome", "messages", "share"], rows.outcomes(of: load))
  }

  // MARK: Latency

  /// The phases that tell most, in the order of the session.
  private static let drawn = ["transaction", "connect", "tls", "mail", "rcpt", "body"]

  /// Percentiles along a scale that gives each further nine the same room, as HdrHistogram plots do.
  private func percentiles(_ load: LoadRecord) -> String {
    var lines: [SVGChart.Line] = []
    for (index, phase) in Self.drawn.enumerated() {
      guard let latency = load.latency[phase], !latency.buckets.isEmpty else { continue }
      lines.append(
        .init(name: phase, points: curve(of: latency), style: "c\(index + 1)", isStepped: false))
    }
    guard !lines.isEmpty else { return "" }
    let values = lines.flatMap { $0.points.map(\.y) }
    let nines = lines.flatMap { $0.points.map(\.x) }.max() ?? 1
    let marks = [
      (1.0, "0 %"), (2, "50 %"), (10, "90 %"), (100, "99 %"), (1000, "99.9 %"),
      (10_000, "99.99 %"), (100_000, "99.999 %"),
    ]
    return SVGChart(
      title: "Latency by percentile and phase",
      x: .init(
        title: "percentile", range: 1...max(nines, 10), isLogarithmic: true,
        marks: marks.filter { $0.0 <= max(nines, 10) }),
      y: .logarithmic("latency", from: values.min() ?? 1, to: values.max() ?? 10) {
        Figures.duration(microseconds: $0)
      },
      lines: lines
    ).markup
  }

  /// Points of the curve: 1/(1 - quantile) against microseconds.
  private func curve(of latency: LatencyRecord) -> [(x: Double, y: Double)] {
    let total = Double(latency.buckets.reduce(0) { $0 + $1.count })
    guard total > 0 else { return [] }
    var points: [(x: Double, y: Double)] = []
    var seen = 0.0
    for bucket in latency.buckets {
      let value = max(Double(bucket.value) / 1000, 0.1)
      points.append((total / max(total - seen, 0.5), value))
      seen += Double(bucket.count)
    }
    if let last = latency.buckets.last {
      points.append((total, max(Double(last.value) / 1000, 0.1)))
    }
    return thinned(points)
  }

  /// At most some hundred points, always the first and the last.
  private func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let most = 300
    guard points.count > most else { return points }
    let stride = Double(points.count - 1) / Double(most - 1)
    return (0..<most).map { points[Int((Double($0) * stride).rounded())] }
  }

  // MARK: Time

  private func timeCharts(_ load: LoadRecord) -> String {
    let seconds = Double(load.timeline.last?.second ?? 1)
    let axis = SVGChart.Axis.fromZero("seconds", to: max(seconds, 1)) {
      Figures.fixed($0, places: seconds < 5 ? 1 : 0)
    }
    let highest = load.timeline.map { Double(max($0.accepted, $0.errors)) }.max() ?? 1
    let flow = SVGChart(
      title: "Messages a second", x: axis,
      y: .fromZero("messages/s", to: highest) { Figures.count(Int($0)) },
      lines: [
        .init(name: "accepted", points: points(load) { Double($0.accepted) }, style: "c1"),
        .init(name: "not accepted", points: points(load) { Double($0.errors) }, style: "c2"),
      ])
    let latencies = load.timeline.compactMap(\.p99)
    guard let slowest = latencies.max(), let fastest = load.timeline.compactMap(\.p50).min() else {
      return flow.markup
    }
    let latency = SVGChart(
      title: "Transaction latency over time", x: axis,
      y: .logarithmic("latency", from: fastest, to: slowest) { Figures.duration(microseconds: $0) },
      lines: [
        .init(name: "p50", points: points(load, \.p50), style: "c1"),
        .init(name: "p99", points: points(load, \.p99), style: "c2"),
      ], height: 220)
    return flow.markup + latency.markup
  }

  private func points(_ load: LoadRecord, _ value: (TimePoint) -> Double?)
    -> [(x: Double, y: Double)]
  {
    load.timeline.compactMap { point in value(point).map { (Double(point.second), $0) } }
  }

  // MARK: Replies and reuse

  private func stages(_ load: LoadRecord) -> String {
    let names = SummaryRows.phaseOrder.filter { load.stages[$0] != nil }
    let others = load.stages.keys.filter { !names.contains($0) }.sorted()
    let table = (names + others).flatMap { stage in
      (load.stages[stage] ?? [:]).sorted { $0.key < $1.key }.map {
        [stage, $0.key, Figures.count($0.value)]
      }
    }
    return HTML.table(["stage", "reply", "count"], table, textColumns: [0, 1])
  }

  private func positions(_ load: LoadRecord) -> String {
    HTML.table(
      ["message of the connection", "count", "p50", "p90", "p99", "max"],
      load.positions.map { position in
        let latency = position.latency
        return [position.label, Figures.count(latency.count)]
          + [latency.p50, latency.p90, latency.p99, latency.max].map {
            Figures.duration(microseconds: $0)
          }
      })
  }
}
