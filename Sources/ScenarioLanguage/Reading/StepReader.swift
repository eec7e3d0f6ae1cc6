// SPDX-License-Identifier: Apache-2.0
//
// Reads the steps of a dialogue, one function a kind.

import JSONText
import SASLExchange

extension ScriptReader {
  /// Reads a list of steps, repetitions written out.
  func steps(_ value: JSONValue?, _ what: String) -> [Step] {
    guard let value else { return [] }
    var steps: [Step] = []
    let elements = diagnosis.list(value, what) { $0 }
    let lastMessage = elements.lastIndex(where: carriesMessage) ?? -1
    let outside = scope.hasMessage
    for (index, element) in elements.enumerated() {
      scope.hasMessage = outside || index <= lastMessage
      steps += self.steps(of: element)
      if stepCount > Limits.steps { break }
    }
    scope.hasMessage = outside
    return steps
  }

  /// Whether an element has a step whose message's size a command may name.
  private func carriesMessage(_ value: JSONValue) -> Bool {
    if value["message"] != nil || value["bdat"] != nil { return true }
    return value["dialogue"]?.elements?.contains(where: carriesMessage) ?? false
  }

  /// One step, or the steps of a repetition.
  private func steps(of value: JSONValue) -> [Step] {
    guard let members = value.members else {
      diagnosis.note(value.position, "a step is an object, not \(value.kind)")
      return []
    }
    guard let (key, shape) = kind(of: members, at: value.position) else { return [] }
    guard let fields = Fields(value, shape, diagnosis) else { return [] }
    if key == "repeat" { return repeated(fields) }
    guard countStep(at: value.position), let step = step(key, fields) else { return [] }
    for capture in step.captures { scope.captures.insert(capture.name) }
    if case .pipeline(let commands, _) = step.kind {
      for command in commands { command.captures.forEach { scope.captures.insert($0.name) } }
    }
    return [step]
  }

  /// The key that says what kind of step it is.
  private func kind(
    of members: [JSONValue.Member], at position: SourcePosition
  ) -> (key: String, shape: ObjectShape)? {
    let kinds = Vocabulary.steps.filter { step in members.contains { $0.key == step.key } }
    let actions = kinds.filter { $0.key != "expect" }
    if actions.count > 1 {
      diagnosis.note(
        position, "two steps in one: \(actions.map { "\"\($0.key)\"" }.joined(separator: " and "))")
      return nil
    }
    let attributes = Set(Vocabulary.steps.flatMap(\.shape.keys))
    let words = Vocabulary.steps.map(\.key)
    if let action = actions.first { return action }
    if let unknown = members.first(where: { !attributes.contains($0.key) }) {
      diagnosis.noteUnknown("step", unknown.key, at: unknown.keyPosition, among: words)
      return nil
    }
    if let reading = kinds.first { return reading }
    diagnosis.note(position, "no step; expected one of \(words.joined(separator: ", "))")
    return nil
  }

  private func step(_ key: String, _ fields: Fields) -> Step? {
    guard let value = fields[key], let kind = kind(key, value, fields) else { return nil }
    var step = Step(kind: kind, position: fields.position)
    if fields.shape.keys.contains("expect") { step.expect = expectation(fields["expect"]) }
    if fields.shape.keys.contains("within") { step.within = within(fields["within"]) }
    if fields.shape.keys.contains("capture") { step.captures = captures(fields["capture"]) }
    if fields.shape.keys.contains("measure") { step.measure = name(fields["measure"], "measure") }
    hold(step, fields)
    return step
  }

  private func kind(_ key: String, _ value: JSONValue, _ fields: Fields) -> Step.Kind? {
    switch key {
    case "connect": connect(value)
    case "ehlo": ehlo(value)
    case "send": text(value, "send", .line).map { .send($0) }
    case "write": write(value, fields)
    case "expect": .read
    case "pipeline": pipeline(value, fields)
    case "message": message(value, fields)
    case "bdat": bdat(value)
    case "starttls": starttls(value)
    case "handshake": handshake(value)
    case "auth": auth(value)
    case "wait": diagnosis.duration(value, "wait", .zero...Limits.stepTime).map { .wait($0) }
    case "close": diagnosis.word(value, "close", CloseManner.self).map { .close($0) }
    case "deliver": deliver(value)
    case "arrive": arrive(value)
    default: nil
    }
  }

  /// Holds what a step's keys say against each other.
  private func hold(_ step: Step, _ fields: Fields) {
    let needsReply = fields.shape.keys.contains("expect") && step.expect == nil
    switch step.kind {
    case .bdat where !fields.has("expect"), .deliver where !fields.has("expect"),
      .handshake where !fields.has("expect"):
      diagnosis.note(fields.position, "\(fields.shape.title) needs \"expect\"")
    case .deliver: holdDelivery(step, fields)
    case .arrive:
      if case .median? = step.within {
        diagnosis.note(
          fields.place(of: "within"),
          "\"within\" of an arrive step is a duration or \"${profile.retry-window}\"")
      }
    case .send, .write, .message:
      for key in ["within", "capture"] where needsReply && !fields.has("expect") && fields.has(key)
      {
        diagnosis.note(fields.place(of: key), "\"\(key)\" needs an \"expect\" beside it")
      }
    default: break
    }
    let waits = step.expect?.rules.first { $0.pattern.needsLimit }
    if let waits, step.within == nil, !fields.has("within"), !isPaced(step) {
      diagnosis.note(
        fields.place(of: "expect"),
        "\"\(waits.pattern.text)\" needs \"within\": how long it has to hold")
    }
  }

  private func isPaced(_ step: Step) -> Bool {
    switch step.kind {
    case .write(_, let shape), .message(_, let shape): shape.limit != nil
    default: false
    }
  }

  // MARK: - Kinds

  private func connect(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.connect, diagnosis) else { return nil }
    return .connect(source: text(fields["source"], "source", .fixed))
  }

  private func ehlo(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.ehlo, diagnosis) else { return nil }
    return .ehlo(client: text(fields["client"], "client", .line))
  }

  private func write(_ value: JSONValue, _ fields: Fields) -> Step.Kind? {
    guard let text = text(value, "write", .octets) else { return nil }
    var shape = shape(fields)
    if let then = fields["then"], let following = Fields(then, Vocabulary.then, diagnosis) {
      let after = diagnosis.duration(
        following.required("after"), "after", .zero...Limits.stepTime)
      if let after, let write = self.text(following.required("write"), "write", .octets) {
        shape.then = ScriptShape.Following(after: after, write: write)
      }
    }
    return .write(text, shape)
  }

  private func message(_ value: JSONValue, _ fields: Fields) -> Step.Kind? {
    var shape = shape(fields)
    shape.isOnlyWhenAsked = diagnosis.bool(fields["when-asked"], "when-asked") ?? false
    return message(value).map { .message($0, shape) }
  }

  private func pipeline(_ value: JSONValue, _ fields: Fields) -> Step.Kind? {
    let commands = diagnosis.list(value, "pipeline") { self.commands($0) }.flatMap { $0 }
    guard let elements = value.elements else { return nil }
    if elements.isEmpty {
      diagnosis.note(value.position, "\"pipeline\" is a list of at least one command")
    }
    for command in commands.dropLast() where !command.isExact {
      guard let verb = Self.lastInGroup(command.text.opening) else { continue }
      diagnosis.note(
        command.position,
        "\(verb) ends a pipelined group (RFC 2920 section 3.1); to break the rule on purpose, take \"write\""
      )
    }
    return .pipeline(commands, cut: cut(fields["cut"]))
  }

  /// The verb, where it is one that nothing may follow in its group.
  ///
  /// - SeeAlso: RFC 2920 section 3.1; RFC 3207 section 4; RFC 4954 section 4.
  private static func lastInGroup(_ line: [UInt8]) -> String? {
    let verb = String(decoding: line.prefix { $0 != 0x20 }, as: UTF8.self).uppercased()
    let verbs = [
      "EHLO", "HELO", "LHLO", "DATA", "VRFY", "EXPN", "TURN", "QUIT", "NOOP", "STARTTLS", "AUTH",
    ]
    return verbs.contains(verb) ? verb : nil
  }

  /// One command, as often as it says.
  private func commands(_ value: JSONValue) -> [PipelinedCommand]? {
    guard let fields = Fields(value, Vocabulary.command, diagnosis) else { return nil }
    let times = diagnosis.integer(fields["times"], "times", 1...Limits.sameCommands) ?? 1
    return command(fields).map { Array(repeating: $0, count: times) }
  }

  private func command(_ fields: Fields) -> PipelinedCommand? {
    fields.allowOne(of: ["send", "write"])
    let isExact = fields.has("write")
    let text =
      isExact
      ? text(fields["write"], "write", .octets)
      : text(fields.required("send"), "send", .line)
    guard let text, let expect = expectation(fields.required("expect")) else { return nil }
    return PipelinedCommand(
      text: text, isExact: isExact, expect: expect, captures: captures(fields["capture"]),
      position: fields.position)
  }

  private func starttls(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.starttls, diagnosis) else { return nil }
    let isHandshakeOnly = diagnosis.bool(fields["handshake-only"], "handshake-only") ?? false
    return .startTLS(handshakeOnly: isHandshakeOnly)
  }

  private func auth(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.auth, diagnosis) else { return nil }
    var request = AuthRequest(mechanism: diagnosis.mechanism(fields["mechanism"]))
    request.initialResponse = diagnosis.bool(fields["initial-response"], "initial-response")
    request.username = text(fields["username"], "username", .fixed)
    request.password = text(fields["password"], "password", .fixed)
    request.token = text(fields["token"], "token", .fixed)
    request.authorizationIdentity = text(
      fields["authorization-identity"], "authorization-identity", .fixed)
    request.alteration = diagnosis.word(fields["alter"], "alter", ScramAlteration.self)
    if request.alteration != nil, request.mechanism?.hasPrefix("SCRAM-") != true {
      diagnosis.note(fields.place(of: "alter"), "\"alter\" needs a SCRAM \"mechanism\"")
    }
    if request.needsCredentials { needsCredentials = true }
    return .auth(request)
  }
}
