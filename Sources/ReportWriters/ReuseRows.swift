// SPDX-License-Identifier: Apache-2.0
//
// What the reports say of connection reuse: the limit in a sentence, the ways side by side.

import RunRecord

extension SummaryRows {
  /// What a connection takes and what reuse is worth, a sentence each.
  func sentences(of reuse: ReuseRecord) -> [String] {
    [limit(reuse.limit)] + comparison(of: reuse)
  }

  private func limit(_ limit: ConnectionLimit) -> String {
    let count = Figures.count(limit.accepted)
    let taken =
      "A connection takes \(count) \(limit.accepted == 1 ? "message" : "messages"); then the target "
    let place = limit.stage.map { " at \($0)" } ?? " between messages"
    let reply = limit.reply.map { ": \($0)" } ?? ""
    switch limit.ending {
    case .announced: return taken + "ends it with 421\(place)\(reply)"
    case .refusing:
      return taken + "refuses further ones\(place) and takes them on a fresh connection\(reply)"
    case .throttling:
      return
        "After \(count) messages the target refused further ones\(place), on a fresh connection "
        + "as well; that is no limit of the connection\(reply)"
    case .closed: return taken + "closes it without a word\(place)"
    case .reset: return taken + "resets it\(place)"
    case .truncated: return taken + "cuts it off inside TLS\(place)"
    case .silent: return taken + "says nothing more\(place)"
    case .none: return "A connection takes \(count) messages and more: no limit was met"
    case .unfinished:
      return "A connection took \(count) messages before the search for its limit was broken off"
    }
  }

  private func comparison(of reuse: ReuseRecord) -> [String] {
    guard let fresh = reuse.ways.first(where: { $0.kind == .fresh }), fresh.throughput > 0 else {
      return []
    }
    return reuse.ways.filter { $0.kind != .fresh && $0.throughput > 0 }.map { way in
      let speed = Figures.significant(way.throughput / fresh.throughput)
      let cost =
        fresh.cpuPerMessage > 0
        ? ", at \(Figures.significant(way.cpuPerMessage / fresh.cpuPerMessage)) of our CPU for each"
        : ""
      return
        "\(way.kind.rawValue.capitalizedFirst) connections carry \(speed) times as many messages "
        + "a second as fresh ones\(cost)"
    }
  }

  static let reuseHeader = [
    "connections", "messages", "rate", "message p50", "p99", "connection p50", "opened", "full TLS",
    "resumed", "CPU a message",
  ]

  /// One row for each way, each figure with its place in `run.json`.
  func ways(of reuse: ReuseRecord) -> [[HTML.Cell]] {
    reuse.ways.enumerated().map { cells(of: $1, "/reuse/ways/\($0)") }
  }

  private func cells(of way: ReuseRecord.Way, _ place: String) -> [HTML.Cell] {
    func time(_ value: Double?, _ field: String) -> HTML.Cell {
      value.map { .time(microseconds: $0, "\(place)/\(field)") } ?? "-"
    }
    var messages = HTML.Cell.count(way.messages.accepted, "\(place)/messages/accepted")
    if way.messages.errors > 0 {
      // With what was not accepted behind it, it is no longer one figure.
      messages = HTML.Cell("\(messages.text) (\(Figures.count(way.messages.errors)) not)")
    }
    return [
      HTML.Cell(way.kind.rawValue), messages, .rate(way.throughput, "\(place)/messages_per_s"),
      time(way.transaction?.p50, "transaction/p50_us"),
      time(way.transaction?.p99, "transaction/p99_us"), time(way.session?.p50, "session/p50_us"),
      .count(way.connections.opened, "\(place)/connections/opened"),
      .count(way.connections.fullHandshakes, "\(place)/connections/full_handshakes"),
      .count(way.connections.resumedHandshakes, "\(place)/connections/resumed_handshakes"),
      time(way.cpuPerMessage, "cpu_us_per_message"),
    ]
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
