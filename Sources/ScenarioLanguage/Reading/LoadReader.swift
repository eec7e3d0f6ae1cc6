// SPDX-License-Identifier: Apache-2.0
//
// Reads `load` and `thresholds`.

import JSONText

extension ScriptReader {
  func load(_ value: JSONValue?) -> LoadPlan? {
    guard let value, let fields = Fields(value, Vocabulary.load, diagnosis) else { return nil }
    fields.allowOne(of: ["sessions", "rate", "stages"])
    let perConnection = perConnection(fields["per_connection"]) ?? .endless
    let think = think(fields["think"])
    let after421 = reopenPolicy(fields["after_421"]) ?? .reopen
    guard let model = model(fields) else { return nil }
    return LoadPlan(model: model, perConnection: perConnection, think: think, after421: after421)
  }

  private func model(_ fields: Fields) -> LoadPlan.Model? {
    let duration = diagnosis.duration(
      fields["duration"], "duration", .milliseconds(1)...Limits.loadTime)
    if fields.has("sessions") {
      let sessions = diagnosis.integer(fields["sessions"], "sessions", 1...Limits.sessions)
      let messages = diagnosis.integer(fields["messages"], "messages", 1...Limits.loadMessages)
      refuse(["max_sessions"], in: fields, with: "sessions")
      if !fields.has("messages"), !fields.has("duration") {
        diagnosis.note(
          fields.position, "\"load\" with \"sessions\" needs \"messages\" or \"duration\"")
      }
      return sessions.map { .closed(sessions: $0, messages: messages, duration: duration) }
    }
    let maxSessions =
      diagnosis.integer(fields["max_sessions"], "max_sessions", 1...Limits.sessions)
      ?? LoadPlan.defaultMaxSessions
    if fields.has("rate") {
      let rate = diagnosis.rate(fields["rate"], "rate")
      refuse(["messages", "think"], in: fields, with: "rate")
      if !fields.has("duration") {
        diagnosis.note(fields.position, "\"load\" with \"rate\" needs \"duration\"")
      }
      guard let rate, let duration else { return nil }
      return .open(rate: rate, duration: duration, maxSessions: maxSessions)
    }
    guard let stages = fields["stages"] else {
      diagnosis.note(fields.position, "\"load\" needs \"sessions\", \"rate\" or \"stages\"")
      return nil
    }
    refuse(["messages", "duration", "think"], in: fields, with: "stages")
    let list = diagnosis.list(stages, "stages", of: stage)
    if stages.elements?.isEmpty == true {
      diagnosis.note(stages.position, "\"stages\" is a list of at least one stage")
    }
    return .stages(list, maxSessions: maxSessions)
  }

  private func refuse(_ keys: [String], in fields: Fields, with other: String) {
    for key in keys where fields.has(key) {
      diagnosis.note(fields.place(of: key), "\"\(key)\" does not go with \"\(other)\"")
    }
  }

  private func stage(_ value: JSONValue) -> LoadPlan.Stage? {
    guard let fields = Fields(value, Vocabulary.stage, diagnosis) else { return nil }
    fields.allowOne(of: ["ramp", "rate"])
    let isRamp = fields.has("ramp")
    let (rateKey, timeKey) = isRamp ? ("ramp", "over") : ("rate", "duration")
    refuse([isRamp ? "duration" : "over"], in: fields, with: rateKey)
    let rate = diagnosis.rate(fields.required(rateKey), rateKey)
    let duration = diagnosis.duration(
      fields.required(timeKey), timeKey, .milliseconds(1)...Limits.loadTime)
    guard let rate, let duration else { return nil }
    return LoadPlan.Stage(kind: isRamp ? .ramp : .hold, rate: rate, duration: duration)
  }

  private func perConnection(_ value: JSONValue?) -> PerConnection? {
    guard let value else { return nil }
    if let number = value.integer, let known = PerConnection("\(number)") { return known }
    if let text = value.string, let known = PerConnection(text) { return known }
    return diagnosis.mismatch(
      value, "per_connection", "a number, a range such as \"1..50\", or \"endless\"")
  }

  /// A duration, or a range from which each pause is drawn.
  private func think(_ value: JSONValue?) -> ClosedRange<Duration>? {
    guard let value else { return nil }
    if let text = value.string, let pause = Quantity.durations(text),
      pause.upperBound <= Limits.stepTime
    {
      return pause
    }
    return diagnosis.mismatch(
      value, "think", "a pause such as \"2s\" or \"1s..5s\", up to 15 minutes")
  }

  private func reopenPolicy(_ value: JSONValue?) -> ReopenPolicy? {
    guard let value else { return nil }
    if let policy = value.string.flatMap(ReopenPolicy.init) { return policy }
    return diagnosis.mismatch(
      value, "after_421", "\"reopen\", \"stop\", or a pause such as \"5s\", up to 15 minutes")
  }

  // MARK: - Thresholds

  func thresholds(_ value: JSONValue?) -> [Threshold] {
    diagnosis.entries(value, "thresholds").compactMap { member in
      threshold(member.key, member.value, at: member.keyPosition)
    }
  }

  fileprivate func threshold(
    _ name: String, _ condition: JSONValue, at position: SourcePosition
  ) -> Threshold? {
    let metric = metric(name, at: position)
    guard let text = diagnosis.string(condition, name), let metric else { return nil }
    let known = Comparison.allCases.first { text.hasPrefix($0.rawValue) }
    let rest = known.map { String(text.dropFirst($0.rawValue.count)) } ?? ""
    guard let comparison = known, let limit = limit(rest.trimmed, for: metric) else {
      return diagnosis.mismatch(condition, name, metric.expectedLimit)
    }
    return Threshold(
      metric: metric, comparison: comparison, limit: limit, name: name, text: text)
  }

  private func metric(_ name: String, at position: SourcePosition) -> Threshold.Metric? {
    if name == "errors" { return .errors }
    if name == "throughput" { return .throughput }
    if let outcome = Threshold.Outcome(rawValue: name) { return .outcome(outcome) }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2, let phase = Phase(rawValue: parts[0]) {
      if let statistic = Threshold.Statistic(rawValue: parts[1]) {
        return .latency(phase, statistic)
      }
      diagnosis.noteUnknown(
        "figure", parts[1], at: position, among: Threshold.Statistic.allCases.map(\.rawValue),
        in: " in \"\(Escaped.text(name))\"")
      return nil
    }
    let known =
      ["errors", "throughput"] + Threshold.Outcome.allCases.map(\.rawValue)
      + Phase.allCases.flatMap { phase in
        Threshold.Statistic.allCases.map { "\(phase.rawValue).\($0.rawValue)" }
      }
    diagnosis.noteUnknown("metric", name, at: position, among: known)
    return nil
  }

  private func limit(_ text: String, for metric: Threshold.Metric) -> Threshold.Limit? {
    switch metric {
    case .latency: return Quantity.duration(text).map { .duration($0) }
    case .throughput: return Quantity.rate(text).map { .perSecond($0.perSecond) }
    case .errors, .outcome:
      guard text.hasSuffix("%") else { return Quantity.wholeNumber(text).map { .count($0) } }
      guard let percent = Quantity.number(text.dropLast()), percent <= 100 else { return nil }
      return .share(percent / 100)
    }
  }
}

extension Threshold {
  /// Reads a threshold written in one word, `transaction.p99<250ms`, as it stands in `place`.
  ///
  /// - Throws: What is wrong with it, and the nearest known metric.
  package static func parse(_ text: String, in place: String) throws(ScriptError) -> Threshold {
    let reader = ScriptReader(file: place)
    let marks = text.firstIndex { "<>=".contains($0) } ?? text.endIndex
    let name = String(text[..<marks]).trimmed
    let condition = JSONValue(.string(String(text[marks...]).trimmed))
    let found = reader.threshold(name, condition, at: .none)
    try reader.diagnosis.finish()
    guard let found else { throw ScriptError(file: place, "cannot be read") }
    return found
  }
}

extension Threshold.Metric {
  fileprivate var expectedLimit: String {
    switch self {
    case .latency: "a comparison with a duration, such as \"<250ms\""
    case .throughput: "a comparison with a rate, such as \">200/s\""
    case .errors, .outcome: "a comparison with a share or a count, such as \"<0.1%\" or \"==0\""
    }
  }
}

extension String {
  /// The text without spaces at its ends.
  var trimmed: String {
    let start = drop { $0 == " " }
    guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
    return String(start[...last])
  }
}
