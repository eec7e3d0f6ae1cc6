// SPDX-License-Identifier: Apache-2.0
//
// The dialogue that scenarios may name in place of writing it out.

import JSONText
import MailContent

/// Dialogues by name.
enum ReadyDialogue {
  /// One small message to the accepted recipient, every step of which has to succeed.
  static let probeTransaction = "probe-transaction"

  static func steps(at position: SourcePosition) -> [Step] {
    let accepted = Expectation(
      rules: [Expectation.Rule(pattern: .codeClass(2), outcome: .verdict(.pass))])
    let proceed = Expectation(
      rules: [Expectation.Rule(pattern: .code(354), outcome: .verdict(.pass))])
    func command(_ verb: String, _ address: AddressName) -> ScriptText {
      ScriptText(
        pieces: [
          .octets(Array(verb.utf8)), .reference(.address(address)), .octets([UInt8(ascii: ">")]),
        ], position: position)
    }
    return [
      Step(kind: .send(command("MAIL FROM:<", .sender)), expect: accepted, position: position),
      Step(kind: .send(command("RCPT TO:<", .recipient)), expect: accepted, position: position),
      Step(kind: .send(ScriptText("DATA")), expect: proceed, position: position),
      Step(
        kind: .message(MessageContent(spec: MessageSpec(size: .fixed(1024))), ScriptShape()),
        expect: accepted, position: position),
    ]
  }
}
