// SPDX-License-Identifier: Apache-2.0
//
// Reads the steps that need connections of their own, and holds dialogues that have them against the
// rest of the scenario.

import JSONText
import MailContent

extension ScriptReader {
  func deliver(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.deliver, diagnosis) else { return nil }
    let from = text(fields.required("from"), "from", .fixed)
    let to = text(fields.required("to"), "to", .fixed)
    let messages = diagnosis.integer(fields.required("messages"), "messages", 1...Limits.messages)
    let content = fields["message"].map { message($0) } ?? MessageContent()
    if let content, !content.spec.mark {
      diagnosis.note(
        fields.place(of: "message"),
        "messages to deliver need their mark: without it they are not known again at the sink")
    }
    guard let from, let to, let messages, let content else { return nil }
    return .deliver(from: from, to: to, messages: messages, content)
  }

  func arrive(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.arrive, diagnosis) else { return nil }
    needsSink = true
    let messages = diagnosis.integer(fields.required("messages"), "messages", 0...Limits.messages)
    let header =
      (expression(fields["matches"], "matches").map { [HeaderCondition.matches($0)] } ?? [])
      + (expression(fields["matches-not"], "matches-not").map { [.matchesNot($0)] } ?? [])
    let request = messages.map { messages in
      ArrivalRequest(
        messages: messages,
        each: diagnosis.word(fields["each"], "each", ArrivalRule.self) ?? .once,
        content: diagnosis.word(fields["content"], "content", ContentRule.self) ?? .any,
        from: text(fields["from"], "from", .fixed), to: text(fields["to"], "to", .fixed),
        header: header,
        otherwise: scriptVerdict(fields["otherwise"], "otherwise") ?? .fail)
    }
    return request.map { .arrive($0) }
  }

  /// A message has one answer, so a delivery cannot wait for none or for several.
  func holdDelivery(_ step: Step, _ fields: Fields) {
    let odd = step.expect?.rules.first { rule in
      switch rule.pattern {
      case .code, .codes, .codeClass, .reply, .close: false
      case .oneReply, .twoReplies, .silence, .secured, .refused: true
      }
    }
    guard let odd else { return }
    diagnosis.note(
      fields.place(of: "expect"),
      "\"\(odd.pattern.text)\" is no answer to a message that a deliver step sends")
  }

  /// Steps with connections of their own go with each other and with pauses, in a dialogue of a
  /// check that runs once in a row.
  func holdErrands(_ scenario: Scenario, _ fields: Fields) {
    for run in scenario.runs {
      switch run.body {
      case .dialogue(let steps): holdErrands(steps, scenario, fields)
      case .sessions(let sessions):
        refuseErrands(sessions.flatMap(\.dialogue), in: "named sessions")
      case .load(let load):
        refuseErrands(
          (load.setup ?? []) + load.between + load.transaction + (load.teardown ?? []),
          in: "a load")
      }
    }
    refuseErrands(scenario.recover?.dialogue ?? [], in: "\"recover\"")
  }

  private func holdErrands(_ steps: [Step], _ scenario: Scenario, _ fields: Fields) {
    guard let first = steps.first(where: \.isErrand) else { return }
    if let other = steps.first(where: { !$0.isErrand && !$0.isWait }) {
      diagnosis.note(
        other.position,
        "deliver and arrive steps use connections of their own; only wait goes with them")
    }
    if !steps.contains(where: \.isDelivery) {
      diagnosis.note(first.position, "an arrive step needs a deliver step before it")
    }
    for key in ["load", "same-replies", "feed"] where fields.has(key) {
      diagnosis.note(
        fields.place(of: key), "\"\(key)\" does not go with deliver and arrive steps")
    }
    if let start = scenario.start, start < .hello {
      diagnosis.note(
        fields.place(of: "start"), "a deliver step needs \"start\" to be hello, secure or ready")
    }
  }

  private func refuseErrands(_ steps: [Step], in place: String) {
    guard let step = steps.first(where: \.isErrand) else { return }
    diagnosis.note(step.position, "deliver and arrive steps do not go into \(place)")
  }
}

extension Step {
  /// Whether it uses connections of its own.
  var isErrand: Bool {
    switch kind {
    case .deliver, .arrive: true
    default: false
    }
  }

  fileprivate var isDelivery: Bool {
    if case .deliver = kind { true } else { false }
  }

  fileprivate var isWait: Bool {
    if case .wait = kind { true } else { false }
  }
}
