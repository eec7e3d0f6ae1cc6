// SPDX-License-Identifier: Apache-2.0
//
// A session program made ready for repeated runs: everything that is the same for all sessions is
// computed here once, so that the way of a single command is short.

package import MailContent
package import ScenarioLanguage

/// A session program with its settings, shared by all dialogues that run it.
package final class PreparedProgram: Sendable {
  package let program: SessionProgram
  package let settings: DialogueSettings
  let steps: [PreparedStep]
  /// The group whose octets may go out behind the content of the transaction before.
  let aheadGroup: Int?

  /// Prepares a program.
  /// - Parameter factory: makes the messages of one kind; called once for each step that sends
  ///   messages. What it throws is thrown on.
  package init(
    _ program: SessionProgram, settings: DialogueSettings,
    factory: (MessageSpec) throws -> MessageFactory
  ) throws {
    self.program = program
    self.settings = settings
    var steps: [PreparedStep] = []
    for instruction in program.instructions {
      steps.append(try PreparedStep(instruction, settings: settings, factory: factory))
    }
    self.steps = steps
    // What is judged by more than its code would be judged too late.
    aheadGroup = program.aheadGroup.flatMap { place in
      let pair = steps[place].members + [steps[place + 1]]
      return pair.allSatisfy { $0.table.isDecisive && $0.instruction.captures.isEmpty }
        ? place : nil
    }
  }

  /// Whether any step sends messages or chunks whose size the script can name beforehand.
  func factoryIndex(from step: Int, to end: Int) -> Int? {
    (step..<max(step, end)).first { steps[$0].factory != nil }
  }
}

/// One instruction, or one command of a pipelined group.
final class PreparedStep: Sendable {
  enum Kind: Sendable {
    case connect, send, write, group, message, bdat, startTLS, auth, wait, close, await, greeting
    case requireExtensions
  }

  let kind: Kind
  let instruction: Instruction
  let phase: Phase
  let template: PreparedTemplate
  /// All commands of a group, and their octets where they are the same for every session.
  let members: [PreparedStep]
  let groupOctets: [UInt8]?
  let table: CodeTable
  /// Whether the step waits for anything to come back.
  let awaits: Bool
  /// Nanoseconds to the reply, where the script does not tie it to the median.
  let limit: Int64
  let factory: MessageFactory?

  init(
    _ instruction: Instruction, settings: DialogueSettings,
    factory: (MessageSpec) throws -> MessageFactory
  ) throws {
    self.instruction = instruction
    phase = instruction.phase
    table = CodeTable(instruction.expectation)
    awaits = instruction.expectation.awaitsAnswer
    limit = PreparedStep.limit(of: instruction, settings)
    var template = PreparedTemplate(Template(octets: []), settings)
    var members: [PreparedStep] = []
    var spec: MessageSpec?
    switch instruction.action {
    case .connect: kind = .connect
    case .send(let text):
      kind = .send
      template = PreparedTemplate(text, settings)
    case .write(let text, _):
      kind = .write
      template = PreparedTemplate(text, settings)
    case .group(let commands, _):
      kind = .group
      // Each is also a step of its own, for servers that take only one at a time.
      members = try commands.map {
        try PreparedStep(
          Instruction($0, within: instruction.within), settings: settings, factory: factory)
      }
    case .message(let kindOfMessage, _):
      kind = .message
      spec = kindOfMessage
    case .bdat(let content, _, _, _):
      kind = .bdat
      switch content {
      case .message(let kindOfMessage): spec = kindOfMessage
      case .octets(let text): template = PreparedTemplate(text, settings)
      }
    case .startTLS: kind = .startTLS
    case .auth: kind = .auth
    case .wait: kind = .wait
    case .close: kind = .close
    case .await: kind = .await
    case .greeting: kind = .greeting
    case .requireExtensions: kind = .requireExtensions
    }
    self.template = template
    self.members = members
    self.factory = try spec.map(factory)
    let literals = members.compactMap(\.template.literal)
    groupOctets = literals.count == members.count ? literals.flatMap { $0 } : nil
  }

  private static func limit(of instruction: Instruction, _ settings: DialogueSettings) -> Int64 {
    switch instruction.within {
    case .fixed(let duration): return duration.wholeNanoseconds
    case .median(_, let least): return least.wholeNanoseconds
    case nil:
      let expectation = instruction.expectation
      return expectation.has(.silence) || expectation.countsReplies
        ? settings.settling.silence : settings.limit(for: instruction.phase)
    }
  }
}

extension Instruction {
  /// A command of a group as a step of its own, for servers that take only one at a time.
  ///
  /// - Parameter within: The group's limit, which is that of each of its replies.
  fileprivate init(_ member: GroupMember, within: TimeLimit?) {
    self.init(
      action: .send(member.command), expectation: member.expectation, within: within,
      phase: member.phase,
      captures: member.captures, position: member.position, label: member.label)
  }
}
