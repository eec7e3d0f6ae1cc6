// SPDX-License-Identifier: Apache-2.0
//
// Reads named sessions and what is said of all of them together: verdict, report, recovery, sink.

import JSONText

extension ScriptReader {
  func sessions(_ value: JSONValue, start: StartState) -> [NamedSession] {
    let entries = diagnosis.entries(value, "sessions")
    if value.members?.isEmpty == true {
      diagnosis.note(value.position, "\"sessions\" names at least one session")
    }
    let sessions = entries.compactMap { session($0, start: start) }
    if !sessions.isEmpty, sessions.allSatisfy({ $0.every != nil }) {
      diagnosis.note(
        value.position,
        "every session starts again and again; one without \"every\" has to end them")
    }
    return sessions
  }

  private func session(_ member: JSONValue.Member, start: StartState) -> NamedSession? {
    let fields = Fields(member.value, Vocabulary.session, diagnosis)
    guard let name = name(member.key, at: member.keyPosition, "sessions"), let fields else {
      return nil
    }
    let source = text(fields["source"], "source", .fixed)
    scope.captures = []
    return NamedSession(
      name: name, start: diagnosis.word(fields["start"], "start", StartState.self) ?? start,
      dialogue: fields["dialogue"].map(dialogue) ?? [], counts: counts(fields["count"]),
      every: diagnosis.duration(fields["every"], "every", .milliseconds(100)...Limits.stepTime),
      hold: diagnosis.duration(fields["hold"], "hold", .zero...Limits.stepTime),
      source: source, position: member.keyPosition)
  }

  /// A list of steps, or the name of a ready-made dialogue.
  func dialogue(_ value: JSONValue) -> [Step] {
    guard let name = value.string else { return steps(value, "dialogue") }
    if name == ReadyDialogue.probeTransaction {
      for address in [AddressName.sender, .recipient] where references[.address(address)] == nil {
        references[.address(address)] = value.position
      }
      return ReadyDialogue.steps(at: value.position)
    }
    diagnosis.noteUnknown(
      "dialogue", name, at: value.position, among: [ReadyDialogue.probeTransaction])
    return []
  }

  /// A number, or the steps of `"1..200 step 10"`.
  private func counts(_ value: JSONValue?) -> [Int] {
    guard let value else { return [1] }
    guard let text = value.string else {
      return diagnosis.integer(value, "count", 1...Limits.connections).map { [$0] } ?? [1]
    }
    guard let counts = Quantity.staircase(text), let most = counts.last, counts[0] >= 1 else {
      return diagnosis.mismatch(value, "count", "a number, or a range such as \"1..200 step 10\"")
        ?? [1]
    }
    guard most <= Limits.connections else {
      diagnosis.note(value.position, "\"count\" goes up to \(Limits.connections) connections")
      return [1]
    }
    return counts
  }

  // MARK: - Verdict and report

  /// What the metrics of a scenario may refer to: its sessions with the names that steps measure.
  typealias Measured = [(session: String, names: [String])]

  func judgements(_ value: JSONValue?, _ measured: Measured) -> [Judgement] {
    guard let value, let fields = Fields(value, Vocabulary.verdict, diagnosis) else { return [] }
    return Vocabulary.verdict.keys.compactMap { key in
      guard let condition = fields[key], let text = diagnosis.string(condition, key),
        let verdict = Verdict(rawValue: key)
      else { return nil }
      return judgement(text, verdict, at: condition.position, measured)
    }
  }

  /// A condition on a metric, `canary.errors > 0`.
  private func judgement(
    _ text: String, _ verdict: Verdict, at position: SourcePosition, _ measured: Measured
  ) -> Judgement? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let comparison = Comparison(rawValue: parts[1]) else {
      diagnosis.note(
        position,
        "\"\(Escaped.text(text))\" is no condition such as \"canary.errors > 0\"; comparisons are \(Comparison.allCases.map(\.rawValue).joined(separator: " "))"
      )
      return nil
    }
    guard let metric = sessionMetric(parts[0], at: position, measured) else { return nil }
    let limit: Int64?
    switch metric.quantity {
    case .measured: limit = Quantity.duration(parts[2]).map(\.nanoseconds)
    case .firstRefusal: limit = nil
    case .errors, .opened, .greeted, .refused:
      limit = Quantity.wholeNumber(parts[2]).map(Int64.init)
    }
    guard let limit else {
      diagnosis.note(
        position,
        "\"\(Escaped.text(parts[0]))\" cannot be compared with \"\(Escaped.text(parts[2]))\"")
      return nil
    }
    return Judgement(
      verdict: verdict, metric: metric, comparison: comparison, limit: limit, text: text)
  }

  func report(_ value: JSONValue?, _ measured: Measured) -> [ReportedMetric] {
    diagnosis.entries(value, "report").compactMap { member in
      guard let name = name(member.key, at: member.keyPosition, "report"),
        let text = diagnosis.string(member.value, member.key),
        let metric = sessionMetric(text, at: member.value.position, measured)
      else { return nil }
      return ReportedMetric(name: name, metric: metric)
    }
  }

  private func sessionMetric(
    _ text: String, at position: SourcePosition, _ measured: Measured
  ) -> SessionMetric? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let session = measured.first(where: { $0.session == parts[0] }) else {
      diagnosis.noteUnknown(
        "session", String(parts.first ?? ""), at: position, among: measured.map(\.session))
      return nil
    }
    let word = String(parts[1])
    if let known = SessionMetric.words.first(where: { $0.word == word }) {
      return SessionMetric(session: session.session, quantity: known.quantity)
    }
    if session.names.contains(word) {
      return SessionMetric(session: session.session, quantity: .measured(word))
    }
    diagnosis.noteUnknown(
      "metric", word, at: position, among: SessionMetric.words.map(\.word) + session.names)
    return nil
  }

  // MARK: - Recovery and sink

  func recovery(_ value: JSONValue?) -> RecoveryRequest? {
    guard let value, let fields = Fields(value, Vocabulary.recover, diagnosis) else { return nil }
    let after = diagnosis.list(fields.required("after"), "after") {
      diagnosis.duration($0, "after", .zero...Limits.stepTime)
    }
    scope.captures = []
    guard let dialogue = fields.required("dialogue") else { return nil }
    return RecoveryRequest(after: after, dialogue: self.dialogue(dialogue))
  }

  func sink(_ value: JSONValue?) -> SinkRequest? {
    guard let value, let fields = Fields(value, Vocabulary.sink, diagnosis) else { return nil }
    needsSink = true
    return SinkRequest(
      replies: diagnosis.list(fields.required("replies"), "replies", of: sinkReply))
  }

  private func sinkReply(_ value: JSONValue) -> SinkScript.Reply? {
    guard let fields = Fields(value, Vocabulary.sinkReply, diagnosis) else { return nil }
    fields.allowOne(of: ["say", "close"])
    let stage = stage(fields.required("at"))
    let times = diagnosis.integer(fields["times"], "times", 1...Limits.messages) ?? 1
    let answer: SinkScript.Answer?
    if fields.has("close") {
      answer = diagnosis.word(fields["close"], "close", SinkScript.End.self).map { .close($0) }
    } else {
      answer = reply(fields.required("say")).map { .say($0) }
    }
    guard let stage, let answer else { return nil }
    return SinkScript.Reply(stage: stage, times: times, answer: answer)
  }

  private func stage(_ value: JSONValue?) -> Phase? {
    let stages: [Phase] = [.greeting, .ehlo, .mail, .rcpt, .data, .body, .quit]
    guard let value, let text = diagnosis.string(value, "at") else { return nil }
    if let phase = stages.first(where: { $0.rawValue == text }) { return phase }
    diagnosis.noteUnknown("stage", text, at: value.position, among: stages.map(\.rawValue))
    return nil
  }

  /// `451 4.3.0 later`: a refusal in one line.
  private func reply(_ value: JSONValue?) -> String? {
    guard let value, let text = diagnosis.string(value, "say") else { return nil }
    let octets = Array(text.utf8)
    let isReply =
      octets.count >= 3 && octets.count <= 510 && Pattern(String(text.prefix(3))) != nil
      && (octets.count == 3 || octets[3] == 0x20)
      && octets.allSatisfy { (0x20...0x7E).contains($0) }
    let isRefusal = isReply && (octets[0] == 0x34 || octets[0] == 0x35)
    if isRefusal, !text.prefix(3).contains("x") { return text }
    diagnosis.note(
      value.position,
      "\"say\" is one refusal in a line, such as \"451 4.3.0 later\", not \"\(Escaped.text(text))\""
    )
    return nil
  }
}

extension Duration {
  /// The whole of it in nanoseconds; some 292 years at most.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000
  }
}
