// SPDX-License-Identifier: Apache-2.0
//
// Compiles the steps that need connections of their own.

import JSONText
import MailContent

/// Compiles the dialogue of a store-and-forward scenario.
struct ErrandCompiler {
  let steps: StepCompiler
  let target: TargetProfile
  /// Reaches the start state, and says goodbye.
  let session: SessionProgram

  /// The step as an errand; nil where it is none.
  func errand(_ step: Step) -> Errand? {
    switch step.kind {
    case .deliver(let from, let to, let messages, let content):
      Errand(
        .deliver(delivery(step, from: from, to: to, messages: messages, content)),
        position: step.position, measure: step.measure)
    case .arrive(let request):
      Errand(.arrive(arrival(request, step)), position: step.position, measure: step.measure)
    case .wait(let duration): Errand(.wait(duration), position: step.position)
    default: nil
    }
  }

  private func delivery(
    _ step: Step, from: ScriptText, to: ScriptText, messages: Int, _ content: MessageContent
  ) -> Delivery {
    let spec = steps.spec(content)
    let parameters =
      (spec.holdsEightBit ? " BODY=8BITMIME" : "") + (spec.smtputf8 ? " SMTPUTF8" : "")
    let expectation = step.expect ?? .nothing
    var ready = expectation
    ready.rules = [Self.pass(.code(354))] + expectation.rules.filter { $0.pattern != .code(354) }
    ready.conditions = []
    var envelope = expectation
    envelope.rules =
      [Self.pass(.codeClass(2))] + expectation.rules.filter { $0.pattern != .codeClass(2) }
    envelope.conditions = []
    return Delivery(
      messages: messages, spec: spec, session: session,
      envelope: [
        command("MAIL FROM:<", from, ">\(parameters)\r\n", envelope, .mail, step),
        command("RCPT TO:<", to, ">\r\n", envelope, .rcpt, step),
        command("", ScriptText("DATA"), "\r\n", ready, .data, step),
      ],
      body: Instruction(
        action: .message(spec, .plain), expectation: expectation, within: steps.within(step),
        phase: .body, position: step.position, label: "message"))
  }

  private static func pass(_ pattern: Pattern) -> Expectation.Rule {
    Expectation.Rule(pattern: pattern, outcome: .verdict(.pass))
  }

  private func command(
    _ opening: String, _ text: ScriptText, _ ending: String, _ expectation: Expectation,
    _ phase: Phase, _ step: Step
  ) -> Instruction {
    var line = ScriptText(opening)
    line.pieces += text.pieces
    line.position = text.position
    let template = steps.values.template(line, ending: Array(ending.utf8))
    return Instruction(
      action: .send(template), expectation: expectation, phase: phase, position: step.position,
      label: steps.label(template, isLine: true))
  }

  private func arrival(_ request: ArrivalRequest, _ step: Step) -> Arrival {
    let within =
      switch steps.within(step) {
      case .fixed(let duration)?: duration
      case .median, nil: target.retryWindow
      }
    return Arrival(
      messages: request.messages, each: request.each, content: request.content,
      sender: request.from.map(steps.values.fixed),
      recipient: request.to.map(steps.values.fixed), header: request.header,
      otherwise: request.otherwise, within: within)
  }
}

extension MessageSpec {
  /// Whether the content has octets above 127 that MAIL has to announce (RFC 6152 section 3).
  var holdsEightBit: Bool { eightBit || octets?.contains { $0 > 127 } == true }

  /// The extensions without which the message may not be sent.
  var neededExtensions: [String] {
    (holdsEightBit ? ["8BITMIME"] : []) + (smtputf8 ? ["SMTPUTF8"] : [])
  }
}
