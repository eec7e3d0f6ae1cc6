// SPDX-License-Identifier: Apache-2.0
//
// Runs a dialogue once, for a check, and hands back all that was seen.

package import DialogueEngine
package import NIOCore
import SMTPWire
import ScenarioLanguage
package import TLSEngine

/// All that one dialogue has shown.
package struct DialogueReport: Sendable {
  package var record: DialogueRecord
  package var ending: SessionEnding
  /// Of the last handshake.
  package var tls: TLSFacts?
  /// Connections that were opened, refused and ended, in order.
  package var connections: [ConnectionEvent]

  package init(
    record: DialogueRecord, ending: SessionEnding, tls: TLSFacts? = nil,
    connections: [ConnectionEvent] = []
  ) {
    self.record = record
    self.ending = ending
    self.tls = tls
    self.connections = connections
  }

  package var steps: [StepOutcome] { record.steps }
  package var observations: [Observation] { record.observations }
  package var transcript: Transcript? { record.transcript }
}

/// Runs checks.
package enum Runner {
  /// Runs the program once and returns when its last connection is gone.
  ///
  /// A cancelled task ends the dialogue politely and returns what was seen until then.
  ///
  /// - Parameter number: the session's number, `${session}`.
  package static func run(
    _ prepared: PreparedProgram, settings: SessionSettings, number: Int = 1,
    on eventLoop: any EventLoop
  ) async -> DialogueReport {
    let check = NIOLoopBoundBox<CheckState>.makeBoxSendingValue(.waiting, eventLoop: eventLoop)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        eventLoop.execute {
          let owner = CheckOwner { report in continuation.resume(returning: report) }
          let session = Session(
            prepared, settings: settings, number: number, owner: owner,
            on: SessionLoop(eventLoop))
          owner.session = session
          session.start()
          if case .cancelled = check.value { session.cancel() }
          check.value = .running(owner)
        }
      }
    } onCancel: {
      eventLoop.execute {
        if case .running(let owner) = check.value { owner.session?.cancel() }
        if case .waiting = check.value { check.value = .cancelled }
      }
    }
  }
}

/// How far a check is; its task may be cancelled before its session exists.
private enum CheckState {
  case waiting
  case cancelled
  case running(CheckOwner)
}

/// Owns the one session of a check, which needs no decisions.
private final class CheckOwner: SessionOwner {
  var session: Session?
  private var connections: [ConnectionEvent] = []
  private let done: (DialogueReport) -> Void

  init(done: @escaping (DialogueReport) -> Void) { self.done = done }

  func session(_ session: Session, measured phase: Phase, nanoseconds: Int64) {}

  func session(
    _ session: Session, received code: UInt16, enhanced: EnhancedCode?, at phase: Phase
  ) {}

  func session(_ session: Session, connection event: ConnectionEvent) {
    guard connections.count < 100 else { return }
    connections.append(event)
  }

  func sessionIsReady(_ session: Session) -> SessionMove { .finish }

  func session(_ session: Session, finished result: TransactionResult) -> SessionMove { .finish }

  func session(_ session: Session, ended ending: SessionEnding) {
    self.session = nil
    done(
      DialogueReport(
        record: session.record, ending: ending, tls: session.tlsFacts, connections: connections))
  }
}
