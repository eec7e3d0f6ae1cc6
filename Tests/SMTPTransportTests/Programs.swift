// SPDX-License-Identifier: Apache-2.0
//
// Compiled programs for tests, written by hand and short.

import JSONText
import MailContent
import ScenarioLanguage

/// `2xx|close`, or `pass 250; warn 2xx; next 354`.
func expect(_ text: String) -> Expectation {
  var rules: [Expectation.Rule] = []
  for part in text.split(separator: ";") {
    var words = part.split(separator: " ").map(String.init)
    var outcome = Expectation.Outcome.verdict(.pass)
    if words[0] == "next" {
      outcome = .next
      words.removeFirst()
    } else if let verdict = Verdict(rawValue: words[0]) {
      outcome = .verdict(verdict)
      words.removeFirst()
    }
    for word in words.joined(separator: " ").split(separator: "|") {
      rules.append(.init(pattern: pattern(String(word)), outcome: outcome))
    }
  }
  rules.sort { $0.pattern.specificity > $1.pattern.specificity }
  return Expectation(rules: rules)
}

private func pattern(_ word: String) -> Pattern {
  switch word {
  case "reply": return .reply
  case "one reply": return .oneReply
  case "two replies": return .twoReplies
  case "close": return .close
  case "silence": return .silence
  case "secured": return .secured
  case "refused": return .refused
  default:
    let digits = word.utf8.map { $0 == UInt8(ascii: "x") ? 10 : $0 - 48 }
    if digits[1] == 10 { return .codeClass(digits[0]) }
    if digits[2] == 10 { return .codes(digits[0], digits[1]) }
    return .code(UInt16(digits[0]) * 100 + UInt16(digits[1]) * 10 + UInt16(digits[2]))
  }
}

/// The octets of a text, for templates.
func octets(_ text: String) -> Template { Template(octets: Array(text.utf8)) }

func phase(of command: String) -> Phase {
  switch command.prefix(4).uppercased() {
  case "EHLO", "LHLO", "HELO": .ehlo
  case "MAIL": .mail
  case "RCPT": .rcpt
  case "DATA": .data
  case "RSET": .rset
  case "QUIT": .quit
  default: .other
  }
}

/// A command line with what it must lead to.
func send(
  _ command: String, _ expectation: String? = "2xx", within: Duration? = nil,
  captures: [Capture] = [], origin: Instruction.Origin = .script
) -> Instruction {
  Instruction(
    action: .send(octets(command + "\r\n")),
    expectation: expectation.map(expect) ?? .nothing,
    within: within.map(TimeLimit.fixed), phase: phase(of: command), captures: captures,
    label: command, origin: origin)
}

func send(_ template: Template, _ expectation: String = "2xx", phase: Phase = .other) -> Instruction
{
  Instruction(
    action: .send(template), expectation: expect(expectation), phase: phase, label: "send")
}

/// A command of a group.
func member(_ command: String, _ expectation: String) -> GroupMember {
  GroupMember(
    command: octets(command + "\r\n"), expectation: expect(expectation), phase: phase(of: command),
    label: command)
}

func group(_ members: GroupMember..., cut: Cut = .whole) -> Instruction {
  Instruction(action: .group(members, cut: cut), phase: .other, label: "pipeline")
}

func reading(_ expectation: String, within: Duration? = nil, phase: Phase = .other) -> Instruction {
  Instruction(
    action: .await, expectation: expect(expectation), within: within.map(TimeLimit.fixed),
    phase: phase, label: "expect")
}

func write(
  _ text: String, _ expectation: String? = nil, shape: WriteShape = .plain, within: Duration? = nil
) -> Instruction {
  Instruction(
    action: .write(octets(text), shape), expectation: expectation.map(expect) ?? .nothing,
    within: within.map(TimeLimit.fixed), phase: .other, label: "write")
}

func sendMessage(
  _ size: Int = 1000, _ expectation: String? = "2xx", shape: WriteShape = .plain,
  within: Duration? = nil, measure: String? = nil
) -> Instruction {
  Instruction(
    action: .message(MessageSpec(size: .fixed(size)), shape),
    expectation: expectation.map(expect) ?? .nothing, within: within.map(TimeLimit.fixed),
    phase: .body, label: "message", measure: measure)
}

/// How far the harness goes before the dialogue.
enum Start { case nothing, connected, greeted, hello }

/// A session that reaches the start state and runs these steps, with QUIT at its end.
func session(
  _ steps: [Instruction], start: Start = .hello, isLMTP: Bool = false,
  setup: [Instruction] = [], teardown: [Instruction] = [], schedule: SessionSchedule = .once
) -> SessionProgram {
  var prologue: [Instruction] = []
  if start != .nothing {
    prologue.append(
      Instruction(
        action: .connect(source: nil), phase: .connect, label: "connect", origin: .harness))
  }
  if start == .greeted || start == .hello {
    prologue.append(
      Instruction(
        action: .await, expectation: expect("220"), phase: .greeting, label: "greeting",
        origin: .harness))
  }
  if start == .hello {
    prologue.append(
      send("\(isLMTP ? "LHLO" : "EHLO") client.test", "2xx", origin: .harness))
  }
  prologue += setup
  let all = prologue + steps + teardown
  return SessionProgram(
    name: "main", instructions: all, setup: 0..<prologue.count,
    transaction: prologue.count..<prologue.count + steps.count,
    teardown: prologue.count + steps.count..<all.count, schedule: schedule,
    hello: Array("\(isLMTP ? "LHLO" : "EHLO") client.test\r\n".utf8), isLMTP: isLMTP)
}

/// MAIL, RCPT and DATA, one by one.
let envelope = [
  send("MAIL FROM:<a@client.test>"), send("RCPT TO:<b@peer.test>"), send("DATA", "354"),
]
