// SPDX-License-Identifier: Apache-2.0
//
// The seam between a session and whoever runs many of them: what the owner is told, and what it
// may answer. All calls are made on the session's event loop.

package import DialogueEngine
package import SMTPWire
package import ScenarioLanguage
package import TLSEngine

/// Decides what sessions do next and keeps the books about them.
///
/// Every method is called on the session's event loop and must not block.
package protocol SessionOwner: AnyObject {
  /// A phase of this session took so long. Called for replies that were paired with a command,
  /// for connects, handshakes, transactions and, at the end of a connection, `session`.
  func session(_ session: Session, measured phase: Phase, nanoseconds: Int64)

  /// A reply was paired with its command. The enhanced code is read for 4yz and 5yz only.
  func session(
    _ session: Session, received code: UInt16, enhanced: EnhancedCode?, at phase: Phase)

  /// Something happened to the session's connection.
  func session(_ session: Session, connection event: ConnectionEvent)

  /// The setup is done; asked once for each connection that was not opened for a certain
  /// transaction (by `reconnect`, or by `transaction` on an ended connection).
  func sessionIsReady(_ session: Session) -> SessionMove

  /// A transaction came to its end.
  func session(_ session: Session, finished result: TransactionResult) -> SessionMove

  /// The content of a message is about to go out, and the envelope of another may go with it.
  ///
  /// Asked only where the program sends ahead. The transaction that is answered must be the
  /// session's next move, whatever becomes of the present one; any other answer means that there
  /// is none.
  func sessionMaySendAhead(_ session: Session) -> SessionMove?

  /// The session is over: no further call is made for it, and it takes no further move.
  /// A transaction that a move asked for and that never began has had no `finished`.
  func session(_ session: Session, ended ending: SessionEnding)
}

extension SessionOwner {
  package func sessionMaySendAhead(_ session: Session) -> SessionMove? { nil }
}

/// What can happen to a connection.
package enum ConnectionEvent: Sendable {
  /// TCP or the unix socket is connected.
  case opened
  /// There is no connection: refused, unreachable, or the limit passed. One line says why.
  case refused(reason: String)
  /// TLS is established.
  case secured(TLSFacts)
  /// TLS was not established. One line says why.
  case handshakeFailed(reason: String)
  /// The connection ended. `replies` unasked for that came directly before (a closing 421) are
  /// given as one escaped line.
  case ended(ConnectionEnd, notice: String?)
}
