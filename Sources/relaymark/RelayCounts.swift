// SPDX-License-Identifier: Apache-2.0
//
// The relay's counts for people and for scripts.

import JSONText
import ReferenceRelay
import ReportWriters

/// Renders the counters of a relay.
struct RelayCounts {
  private let counters: RelayCounters

  init(_ counters: RelayCounters) { self.counters = counters }

  private var rows: [(name: String, count: Int)] {
    [
      ("connections", counters.connections), ("connections_refused", counters.connectionsRefused),
      ("sessions_peak", counters.sessionsPeak), ("messages", counters.accepted),
      ("recipients", counters.recipients), ("octets", counters.octets),
      ("intact", counters.intact), ("changed", counters.changed),
      ("unmarked", counters.unmarked), ("duplicates", counters.duplicates),
      ("tls_handshakes", counters.handshakes),
      ("tls_handshakes_resumed", counters.handshakesResumed),
      ("tls_handshakes_failed", counters.handshakesFailed), ("logins", counters.logins),
      ("logins_failed", counters.loginsFailed), ("stored", counters.stored),
      ("stores_failed", counters.storesFailed), ("forwarded", counters.forwarded),
      ("forwards_deferred", counters.deferrals), ("forwards_dropped", counters.dropped),
    ]
  }

  /// What is not zero, a line each.
  var text: String {
    let shown = rows.filter { $0.count > 0 || $0.name == "connections" || $0.name == "messages" }
    let width = shown.map(\.name.count).max() ?? 0
    var text = ""
    for row in shown {
      let name = row.name.map { $0 == "_" ? " " : $0 }
      let space = String(repeating: " ", count: width - name.count + 2)
      text += String(name) + space + Figures.count(row.count) + "\n"
    }
    for (code, count) in counters.refusals.sorted(by: { $0.key < $1.key }) {
      text += "refused with \(code)  \(Figures.count(count))\n"
    }
    return text
  }

  /// Everything, zeros included.
  var value: JSONValue {
    var members = rows.map { (key: $0.name, value: JSONValue.integer($0.count)) }
    let refusals = counters.refusals.sorted { $0.key < $1.key }
    members.append(
      (
        key: "refusals",
        value: .object(refusals.map { (key: String($0.key), value: .integer($0.value)) })
      ))
    return .object(members)
  }
}
