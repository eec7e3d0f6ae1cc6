// SPDX-License-Identifier: Apache-2.0
//
// Latency in the HTML report: percentile curves and table by phase, and the course over time.

import RunRecord

extension HTMLReport {
  func latencies(_ load: LoadRecord) -> String {
    "<p class=\"sub\">\(HTML.escaped(rows.model(of: load)))</p>"
      + waiting(load)
      + curves(of: load.latency, id: "percentiles", title: "Latency by percentile and phase")
      + HTML.table(
        ["phase", "count", "p50", "p90", "p99", "p99.9", "max"],
        cells: phases(of: load) + apart(from: load))
  }

  /// An open load's two clocks side by side: what a user waits, and what the target needs.
  private func waiting(_ load: LoadRecord) -> String {
    guard let service = load.service, let transaction = load.latency["transaction"] else {
      return ""
    }
    return
      "<p>Response time counts from the instant at which a message was due, as its sender would "
      + "count; service time from the instant at which a session began it. Where they differ, "
      + "messages waited because earlier ones were slow.</p>"
      + Self.percentileChart(
        id: "waiting", title: "Response time and service time",
        lines: [
          .init(name: "response time", points: Self.curve(of: transaction), style: "c1"),
          .init(name: "service time", points: Self.curve(of: service), style: "c2"),
        ])
  }

  /// Distributions that are no phase, each with the member that holds it.
  private func apart(from load: LoadRecord) -> [[HTML.Cell]] {
    let known: [(String, LatencyRecord?, String)] = [
      ("service time", load.service, "/load/service"),
      ("late start", load.lateness, "/load/lateness"),
    ]
    return known.compactMap { name, latency, field in
      latency.map { figures(of: $0, named: name, at: field) }
    }
  }

  /// Phases that a table or chart shows, in the order of a session.
  static func order(_ phases: some Collection<String>) -> [String] {
    let known = SummaryRows.phaseOrder.filter { phases.contains($0) }
    return known + phases.filter { !SummaryRows.phaseOrder.contains($0) }.sorted()
  }

  private func phases(of load: LoadRecord) -> [[HTML.Cell]] {
    Self.order(load.latency.keys).compactMap { phase in
      load.latency[phase].map {
        figures(of: $0, named: phase, at: "/load/latency" + HTML.pointerStep(phase))
      }
    }
  }

  /// Name, count and percentiles of a distribution, each with its source.
  func figures(of latency: LatencyRecord, named name: String, at field: String) -> [HTML.Cell] {
    let times = [
      ("p50_us", latency.p50), ("p90_us", latency.p90), ("p99_us", latency.p99),
      ("p999_us", latency.p999), ("max_us", latency.max),
    ].map { HTML.Cell.time(microseconds: $0.1, "\(field)/\($0.0)") }
    return [HTML.Cell(name), .count(latency.count, "\(field)/count")] + times
  }

  // MARK: Percentile curves

  /// The phases that tell most, each with a colour of its own.
  private static let drawn = ["transaction", "connect", "tls", "mail", "rcpt", "body"]

  /// Percentiles along a scale that gives each further nine the same room, as HdrHistogram plots do.
  private func curves(of phases: [String: LatencyRecord], id: String, title: String) -> String {
    let lines = Self.drawn.enumerated().compactMap { index, phase -> SVGChart.Line? in
      guard let latency = phases[phase], !latency.buckets.isEmpty else { return nil }
      return .init(name: phase, points: Self.curve(of: latency), style: "c\(index + 1)")
    }
    return Self.percentileChart(id: id, title: title, lines: lines)
  }

  static func percentileChart(id: String, title: String, lines: [SVGChart.Line]) -> String {
    guard !lines.isEmpty else { return "" }
    let values = lines.flatMap { $0.points.map(\.y) }
    let nines = max(lines.flatMap { $0.points.map(\.x) }.max() ?? 1, 10)
    let marks = [
      (1.0, "0 %"), (2, "50 %"), (10, "90 %"), (100, "99 %"), (1000, "99.9 %"),
      (10_000, "99.99 %"), (100_000, "99.999 %"),
    ]
    return SVGChart(
      id: id, title: title,
      x: .init(
        title: "share of samples that took no longer", range: 1...nines, isLogarithmic: true,
        marks: marks.filter { $0.0 <= nines }),
      y: .logarithmic("latency", from: values.min() ?? 1, to: values.max() ?? 10) {
        Figures.duration(microseconds: $0)
      },
      lines: lines
    ).markup
  }

  /// Points of the curve: 1/(1 - quantile) against microseconds.
  static func curve(of latency: LatencyRecord) -> [(x: Double, y: Double)] {
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

  /// At most some hundred points, always the first and the last, evenly along the drawn scale.
  private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let most = 200.0
    guard let last = points.last, Double(points.count) > most else { return points }
    let span = naturalLogarithm(max(last.x, 2))
    var kept: [(x: Double, y: Double)] = []
    var cell = -1
    for point in points.dropLast() {
      let place = Int(naturalLogarithm(max(point.x, 1)) / span * most)
      if place > cell { kept.append(point) }
      cell = max(cell, place)
    }
    return kept + [last]
  }

  // MARK: Time

  func timeCharts(_ load: LoadRecord) -> String {
    let seconds = Double(load.timeline.last?.second ?? 1)
    let axis = SVGChart.Axis.fromZero("seconds since the start", to: max(seconds, 1), leastStep: 1)
    {
      Figures.fixed($0, places: 0)
    }
    var charts = flow(load, axis).markup
    let latencies = load.timeline.compactMap(\.p99)
    if let slowest = latencies.max(), let fastest = load.timeline.compactMap(\.p50).min() {
      charts +=
        SVGChart(
          id: "latency", title: "Transaction latency in each second", x: axis,
          y: .logarithmic("latency", from: fastest, to: slowest) {
            Figures.duration(microseconds: $0)
          },
          lines: [
            .init(name: "p50", points: points(load, \.p50), style: "c1"),
            .init(name: "p99", points: points(load, \.p99), style: "c2"),
          ], height: 220
        ).markup
    }
    guard let most = load.timeline.map(\.connected).max(), most > 0 else { return charts }
    // The last second never came to its end: what it shows is that sessions left.
    let whole = load.timeline.dropLast().map { (x: Double($0.second), y: Double($0.connected)) }
    return charts
      + SVGChart(
        id: "connected", title: "Connections open at the end of each second", x: axis,
        y: .fromZero("connections", to: Double(most), leastStep: 1) { Figures.count(Int($0)) },
        lines: [.init(name: "", points: whole, style: "c3")],
        height: 170
      ).markup
  }

  /// What began and ended in each second; of the last one only a part has run, and so it is shown as
  /// the rate in that part, or not at all where that is too short for one.
  private func flow(_ load: LoadRecord, _ axis: SVGChart.Axis) -> SVGChart {
    let last = load.timeline.last?.second ?? 0
    let part = min(1, load.measured - Double(last))
    let shown = part < Self.leastPart ? load.timeline.dropLast() : load.timeline[...]
    func line(_ name: String, _ style: String, _ count: (TimePoint) -> Int) -> SVGChart.Line {
      let points = shown.map { point in
        (x: Double(point.second), y: Double(count(point)) / (point.second == last ? part : 1))
      }
      return SVGChart.Line(name: name, points: points, style: style)
    }
    let lines = [
      line("accepted", "c1", \.accepted), line("not accepted", "c2", \.errors),
      line("started", "c4", \.started),
    ]
    let highest = lines.flatMap(\.points).map(\.y).max() ?? 1
    return SVGChart(
      id: "flow", title: "Messages in each second", x: axis,
      y: .fromZero("messages a second", to: highest, leastStep: 1) { Figures.count(Int($0)) },
      lines: lines)
  }

  /// The shortest part of a second, in seconds, whose few messages still show a rate.
  private static let leastPart = 0.25

  private func points(_ load: LoadRecord, _ value: (TimePoint) -> Double?)
    -> [(x: Double, y: Double)]
  {
    load.timeline.compactMap { point in value(point).map { (Double(point.second), $0) } }
  }
}
