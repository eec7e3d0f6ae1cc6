// SPDX-License-Identifier: Apache-2.0
//
// What a named fault is: a small type that changes one thing about an honest relay. A fault turns
// knobs of the policy, or meddles at one of the points where octets, commands, replies, logins or
// messages pass. Everything defaults to leaving things as they are.

package import SASLExchange

/// A way in which a relay can be broken, to prove that a check notices.
///
/// One file of the folder `Faults` holds one fault, and registers it with one line (see
/// ``RelayFaultEntry``). Every session has its own copy, so a fault may keep state.
package protocol RelayFault: Sendable {
  /// What the relay does wrong, in one sentence.
  static var summary: String { get }
  /// The requirements that it breaks, by their ids in the register.
  static var breaks: [String] { get }
  /// Checks that fail with it though what they prove is not what it breaks, with the reason why they
  /// cannot do otherwise.
  ///
  /// By check id, by the name of an invariant (`invariants/reply-grammar`), or by a command in
  /// capitals (`RSET`) for all checks that send it. The tests hold this against what happens; most
  /// faults have none.
  static var alsoTrips: [String: String] { get }

  init()

  /// Turns knobs; called once per listener, before any session.
  func adjust(_ policy: inout RelayPolicy)
  /// Changes how the relay speaks TLS; called once, before the relay starts.
  func adjust(_ tls: inout RelayTLS)
  /// Changes what the client sent, just before the machine reads it: the clear text, inside TLS too,
  /// in the pieces in which it came.
  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext)
  /// Changes what the hello reply lists.
  mutating func advertise(_ capabilities: inout [String], _ context: RelayContext)
  /// Looks at a command before the machine does, and may take it away.
  mutating func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception
  /// Changes the replies to a command: text, code, number. Empty: nothing is said. A reply may end
  /// the connection (``RelayReply/close``).
  mutating func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext)
  /// Changes a message of a login that was decoded, before the mechanism reads it.
  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext)
  /// Changes a login's next step before it is answered.
  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext)
  /// Changes a batch of replies, each as its octets, just before it is written: order, line ends,
  /// what is held back for the next batch.
  mutating func transmit(_ replies: inout [[UInt8]], _ context: RelayContext)
  /// Changes a message that was accepted, before it is stored; its recipients are one copy each.
  mutating func deliver(_ message: inout RelayMessage, _ context: RelayContext)
  /// Changes what goes to the next hop of a message that was accepted: how often, under what envelope,
  /// with what content.
  mutating func forward(_ copies: inout [RelayCopy], _ context: RelayContext)
}

extension RelayFault {
  package static var alsoTrips: [String: String] { [:] }

  /// The type's name in lower case with dashes: `RSETKeepsRecipients` is `rset-keeps-recipients`.
  package static var name: String {
    let letters = Array(String(describing: Self.self))
    var name = ""
    for (index, letter) in letters.enumerated() {
      if letter.isUppercase, index > 0 {
        let followsLower = !letters[index - 1].isUppercase
        let leadsLower = index + 1 < letters.count && letters[index + 1].isLowercase
        if followsLower || leadsLower { name += "-" }
      }
      name += letter.lowercased()
    }
    return name
  }

  package func adjust(_ policy: inout RelayPolicy) {}
  package func adjust(_ tls: inout RelayTLS) {}
  package mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {}
  package mutating func advertise(_ capabilities: inout [String], _ context: RelayContext) {}
  package mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception { .proceed }
  package mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {}
  package mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {}
  package mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {}
  package mutating func transmit(_ replies: inout [[UInt8]], _ context: RelayContext) {}
  package mutating func deliver(_ message: inout RelayMessage, _ context: RelayContext) {}
  package mutating func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {}
}

/// A command line as a fault sees it.
package struct RelayCommand: Sendable {
  package var stage: RelayStage
  /// The first word in upper case.
  package var verb: String
  /// The line without its CRLF, as it came.
  package var line: [UInt8]
}

/// What a fault does with a command.
package enum RelayInterception: Sendable {
  /// The machine goes on as usual.
  case proceed
  /// The machine reads this line, without CRLF, instead.
  case replace(line: [UInt8])
  /// The machine never sees the command; these replies answer it. None: silence.
  case answer([RelayReply])
  /// As `answer`, and then the connection ends.
  case answerAndClose([RelayReply], RelayClose)
}

/// Where a session stands when a fault is asked.
package struct RelayContext: Sendable {
  package var role: RelayRole
  package var hostName: String
  package var isSecure: Bool
  /// The identity that logged in.
  package var identity: String?
  /// The client's name in its last accepted hello.
  package var clientName: String?
  /// The reverse-path of the open transaction without brackets; nil outside of one.
  package var sender: String?
  /// Accepted recipients of the open transaction.
  package var recipients: Int
  /// Messages accepted on this connection.
  package var messages: Int
}
