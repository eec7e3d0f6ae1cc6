// SPDX-License-Identifier: Apache-2.0
//
// The compiled form of what a store-and-forward scenario does: messages are handed to the target on
// connections of their own, and looked for where it delivers them.

package import JSONText
package import MailContent

/// A step that needs more than one connection.
package struct Errand: Sendable {
  package var kind: Kind
  /// Where the step stands in the scenario file.
  package var position: SourcePosition
  /// Name under which the step's duration is reported, where the script asks for one.
  package var measure: String?

  package init(_ kind: Kind, position: SourcePosition, measure: String? = nil) {
    self.kind = kind
    self.position = position
    self.measure = measure
  }

  package enum Kind: Sendable {
    case deliver(Delivery)
    case arrive(Arrival)
    case wait(Duration)
  }
}

/// Messages to hand to the target.
package struct Delivery: Sendable {
  package var messages: Int
  package var spec: MessageSpec
  /// Reaches the start state, and says goodbye; its transaction is empty.
  package var session: SessionProgram
  /// MAIL, RCPT and DATA of one message.
  package var envelope: [Instruction]
  /// The message itself, with a specification that is to be replaced.
  package var body: Instruction

  package init(
    messages: Int, spec: MessageSpec, session: SessionProgram, envelope: [Instruction],
    body: Instruction
  ) {
    self.messages = messages
    self.spec = spec
    self.session = session
    self.envelope = envelope
    self.body = body
  }

  /// A session that hands over one message after another on the same connection.
  ///
  /// - Parameter contents: The octets of each message.
  package func program(of contents: [[UInt8]]) -> SessionProgram {
    var program = session
    let setup = session.instructions[session.setup]
    let goodbye = session.instructions[session.teardown]
    let messages = contents.flatMap { octets -> [Instruction] in
      var message = body
      message.action = .message(
        MessageSpec(octets: octets), WriteShape(isOnlyWhenAsked: true))
      return envelope + [message]
    }
    program.instructions = setup + messages + goodbye
    program.setup = 0..<setup.count
    program.between = setup.count..<setup.count
    program.transaction = setup.count..<(setup.count + messages.count)
    program.teardown = (setup.count + messages.count)..<program.instructions.count
    return program
  }
}

/// What has to come to the sink.
package struct Arrival: Sendable, Equatable {
  /// How many different messages of those that were delivered before.
  package var messages: Int
  package var each: ArrivalRule
  package var content: ContentRule
  /// The reverse-path with which each has to come, without brackets; nil: any.
  package var sender: String?
  /// The recipient for whom each has to come; nil: any.
  package var recipient: String?
  package var header: [HeaderCondition]
  /// The verdict where something else came.
  package var otherwise: Verdict
  /// The longest wait.
  package var within: Duration

  package init(
    messages: Int, each: ArrivalRule = .once, content: ContentRule = .any, sender: String? = nil,
    recipient: String? = nil, header: [HeaderCondition] = [], otherwise: Verdict = .fail,
    within: Duration
  ) {
    self.messages = messages
    self.each = each
    self.content = content
    self.sender = sender
    self.recipient = recipient
    self.header = header
    self.otherwise = otherwise
    self.within = within
  }
}

/// How often a message may come.
package enum ArrivalRule: String, Sendable, Equatable, CaseIterable {
  case once
  case atLeastOnce = "at-least-once"
}

/// What may have become of a message on its way.
package enum ContentRule: String, Sendable, Equatable, CaseIterable {
  case any
  /// What stands behind the header section is the same.
  case bodyUnchanged = "body unchanged"
  case unchanged
  /// Received and Return-Path fields may stand before it (RFC 5321 section 4.4).
  case unchangedButForTrace = "unchanged but for trace headers"
}

/// What the header section has to look like where a message arrives.
package enum HeaderCondition: Sendable, Equatable {
  /// The regular expression matches somewhere in the header section, every octet one character, CRLFs
  /// included.
  case matches(String)
  case matchesNot(String)
}
