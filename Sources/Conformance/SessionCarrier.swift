// SPDX-License-Identifier: Apache-2.0
//
// What takes the sessions of checks to a target. Sockets do in every run against a server; tests put
// the reference relay's machine behind it, without sockets and without waiting.

package import DialogueEngine
package import MailContent
package import NIOCore
package import SMTPTransport
package import ScenarioLanguage

/// Takes sessions to one target, through one profile.
package protocol SessionCarrier: Sendable {
  /// The profile that programs for this carrier are compiled for.
  var profile: TargetProfile { get }
  /// Identifies the run in messages.
  var run: String { get }
  /// Makes a program ready to run.
  func prepare(_ program: SessionProgram) throws -> PreparedProgram
  /// What makes messages under a name of their own in place of the run's.
  func factory(of spec: MessageSpec, run: String) throws -> MessageFactory
  /// Runs the program once; see ``Runner``.
  ///
  /// - Parameter number: the session's number, `${session}`.
  func run(_ prepared: PreparedProgram, number: Int) async -> DialogueReport
}

/// Carries sessions over sockets.
package struct SocketCarrier: SessionCarrier {
  private let settings: SessionSettings
  private let group: any EventLoopGroup

  /// - Parameter group: Whose loops drive the sessions.
  package init(settings: SessionSettings, group: any EventLoopGroup) {
    self.settings = settings
    self.group = group
  }

  package var profile: TargetProfile { settings.profile }

  package var run: String { settings.dialogue.run }

  package func prepare(_ program: SessionProgram) throws -> PreparedProgram {
    try settings.prepare(program)
  }

  package func factory(of spec: MessageSpec, run: String) throws -> MessageFactory {
    try settings.factory(of: spec, run: run)
  }

  package func run(_ prepared: PreparedProgram, number: Int) async -> DialogueReport {
    await Runner.run(prepared, settings: settings, number: number, on: group.next())
  }
}
