// SPDX-License-Identifier: Apache-2.0
//
// What a summary says of a run, as labelled texts and tables. The text and the Markdown summary say
// the same; only their marks differ.

import RunRecord

/// The content of a summary, made from a record.
struct SummaryRows {
  let record: RunRecord

  /// Phases in the order in which a session meets them; others follow by name.
  static let phaseOrder = [
    "connect", "tls", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body",
    "bdat", "rset", "quit", "other", "transaction", "session",
  ]

  /// The verdicts, worst first.
  static let verdictOrder = [
    "error", "fail", "inconclusive", "skipped", "warn", "waived", "info", "pass",
  ]

  /// The place and role, `127.0.0.1:2525 (relay)`.
  var target: String {
    let target = record.target
    let place = target.port > 0 ? "\(bracketed(target.host)):\(target.port)" : target.host
    let name = target.name.isEmpty || target.name == place ? "" : target.name + ", "
    return "\(place) (\(name)\(target.role))"
  }

  /// What was agreed in TLS and whether the certificate was believed; nil without TLS.
  var security: String? {
    guard let tls = record.target.tls else { return nil }
    let trust =
      tls.verification == "ok" ? "certificate verified" : "certificate: \(tls.verification)"
    return "TLS \(tls.version), \(tls.cipher), \(trust)"
  }

  private func bracketed(_ host: String) -> String {
    host.contains(":") ? "[\(host)]" : host
  }

  /// The verdicts counted, `3 checks: 2 pass, 1 fail`.
  var tally: String {
    let total = record.checks.count
    let parts = Self.verdictOrder.reversed().compactMap { verdict -> String? in
      let number = record.checks.count { $0.standing == verdict }
      return number == 0 ? nil : "\(Figures.count(number)) \(verdict)"
    }
    return "\(Figures.count(total)) \(total == 1 ? "check" : "checks"): "
      + parts.joined(separator: ", ")
  }

  /// How long a check took; empty where it was not run.
  func time(of check: CheckRecord) -> String {
    check.duration > 0 ? Figures.duration(seconds: check.duration) : ""
  }

  /// What belongs below a check that did not simply pass, and what was measured.
  func evidence(of check: CheckRecord) -> [(label: String, text: String)] {
    var rows: [(label: String, text: String)] = []
    if check.verdict != "pass" {
      if let waiver = check.waiver {
        rows.append(("waived", "\(check.verdict): \(waiver)"))
      }
      if let severity = check.severity { rows.append(("severity", severity)) }
      if let expected = check.expected { rows.append(("expected", expected)) }
      if let actual = check.actual { rows.append(("actual", actual)) }
      if let reason = check.reason { rows.append(("reason", reason)) }
    }
    for (name, value) in check.measured.sorted(by: { $0.key < $1.key }) {
      rows.append((name, value))
    }
    if let transcript = check.transcript, check.verdict != "pass" {
      rows.append(("transcript", transcript))
    }
    return rows
  }

  /// Why the numbers do not count, where they do not.
  var invalidity: String? {
    record.valid ? nil : record.invalidReason ?? "the harness did not keep up"
  }
}

// MARK: - Load

extension SummaryRows {
  /// What was done how fast, `10,000 messages accepted in 1.23 s: 8,130/s, 8.1 MiB/s of …`.
  func headline(of load: LoadRecord) -> String {
    guard load.messages.attempted > 0 else {
      let opened = Figures.count(load.connections.opened)
      return "\(opened) connections opened in \(Figures.duration(seconds: load.measured)): "
        + "\(Figures.rate(load.connectionRate)), no message attempted"
    }
    let what = load.octets > 0 ? "messages" : "transactions without a message"
    let done =
      "\(Figures.count(load.messages.accepted)) \(what) accepted in "
      + "\(Figures.duration(seconds: load.measured)): \(Figures.rate(load.throughput))"
    guard load.octets > 0, load.measured > 0 else { return done }
    return done + ", \(Figures.octets(Double(load.octets) / load.measured))/s of content sent"
  }

  /// Says which model made the numbers, since they mean nothing without it.
  func model(of load: LoadRecord) -> String {
    let sessions = "\(Figures.count(load.sessions)) \(load.sessions == 1 ? "session" : "sessions")"
    let reuse = load.perConnection.map { "\($0) messages a connection" } ?? "connections kept"
    let model =
      load.model == "closed"
      ? "closed loop (each session sends as soon as it was answered; not a rate that users make)"
      : "open model, \(load.arrivals?.plan ?? "a rate") (latency counts from the intended start)"
    let bound = load.model == "closed" ? "" : "at most "
    return "\(model), \(bound)\(sessions), \(reuse)\(reopening(of: load))"
  }

  /// What sessions did after 421, where that is not the usual.
  private func reopening(of load: LoadRecord) -> String {
    guard let policy = load.reopening?.policy else { return "" }
    return policy == "stop" ? ", none opened again after 421" : ", a pause of \(policy) after 421"
  }

  /// Name, count and share of every outcome that occurred, `accepted` always.
  func outcomes(of load: LoadRecord) -> [[String]] {
    let messages = load.messages
    let all = [
      ("accepted", messages.accepted), ("deferred", messages.deferred),
      ("rejected", messages.rejected), ("throttled", messages.throttled), ("lost", messages.lost),
    ]
    var rows = all.filter { $0.0 == "accepted" || $0.1 > 0 }.map { name, count in
      [name, Figures.count(count), Figures.share(count, of: messages.attempted)]
    }
    if messages.notStarted > 0 {
      rows.append(["not started", Figures.count(messages.notStarted), ""])
    }
    return rows
  }

  static let latencyHeader = ["latency", "count", "p50", "p90", "p99", "p99.9", "max"]

  func latencies(of load: LoadRecord) -> [[String]] {
    let known = Self.phaseOrder.filter { load.latency[$0] != nil }
    let others = load.latency.keys.filter { !Self.phaseOrder.contains($0) }.sorted()
    let phases = (known + others).compactMap { phase in
      load.latency[phase].map { row(phase, $0) }
    }
    let apart = [
      ("service time", load.service), ("late start", load.lateness),
      ("full handshake", load.resumedHandshake == nil ? nil : load.fullHandshake),
      ("resumed handshake", load.resumedHandshake),
    ]
    return phases + apart.compactMap { name, latency in latency.map { row(name, $0) } }
  }

  private func row(_ name: String, _ latency: LatencyRecord) -> [String] {
    let values = [latency.p50, latency.p90, latency.p99, latency.p999, latency.max]
    return [name, Figures.count(latency.count)]
      + values.map { Figures.duration(microseconds: $0) }
  }

  /// The remaining facts, a label and a text each.
  func facts(of load: LoadRecord) -> [(label: String, text: String)] {
    var rows: [(label: String, text: String)] = []
    if !load.replies.isEmpty { rows.append(("replies", replies(of: load))) }
    for (code, texts) in load.samples.sorted(by: { $0.key < $1.key }) {
      for text in texts { rows.append((code, text)) }
    }
    rows.append(("connections", connections(of: load)))
    let refusals = load.connections.refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (reason, number) in refusals {
      rows.append(("refused", "\(Figures.count(number)) × \(reason)"))
    }
    let handshakes = load.connections
    if handshakes.fullHandshakes + handshakes.resumedHandshakes > 0 {
      let full = Figures.count(handshakes.fullHandshakes)
      rows.append(
        ("handshakes", "\(full) full, \(Figures.count(handshakes.resumedHandshakes)) resumed"))
    }
    if let arrivals = load.arrivals { rows.append(("rate", text(of: arrivals))) }
    rows.append(("harness", harness(of: load)))
    if let memory = load.memory { rows.append(("memory", text(of: memory))) }
    return rows
  }

  private func replies(of load: LoadRecord) -> String {
    load.replies.sorted { $0.key < $1.key }.map { code, number in
      "\(code == 0 ? "no code" : String(code)) × \(Figures.count(number))"
    }.joined(separator: ", ")
  }

  private func connections(of load: LoadRecord) -> String {
    let connections = load.connections
    return "\(Figures.count(connections.opened)) opened, "
      + "\(Figures.count(connections.peak)) at once, "
      + "\(Figures.count(connections.refused)) refused, "
      + "\(Figures.count(connections.reusedMessages)) messages on a reused one"
  }

  private func text(of arrivals: ArrivalRecord) -> String {
    "\(Figures.rate(arrivals.asked)) asked for, \(Figures.rate(arrivals.achieved)) achieved, "
      + "\(Figures.count(arrivals.waited)) waited for a session, \(Figures.count(arrivals.late)) late"
  }

  private func harness(of load: LoadRecord) -> String {
    let cost = Figures.duration(microseconds: load.cpuPerMessage)
    let share = Figures.fixed(load.cpuShare * 100, places: 0)
    let workers = load.workers == 1 ? "1 worker" : "\(load.workers) workers"
    let perMessage = load.messages.accepted > 0 ? "\(cost) of CPU a message, " : ""
    return "\(perMessage)\(share) % of a core in \(workers)"
  }

  private func text(of memory: MemoryRecord) -> String {
    let relay = memory.includesRelay ? ", embedded relay included" : ""
    return "\(Figures.octets(Double(memory.perSession))) a session with "
      + "\(Figures.count(memory.sessions)) open "
      + "(\(Figures.octets(Double(memory.resident))) resident\(relay))"
  }
}
