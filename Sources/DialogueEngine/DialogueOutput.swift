// SPDX-License-Identifier: Apache-2.0
//
// What the engine wants done. One value is reused for many events, so that nothing is allocated
// for a command.

package import SMTPWire
package import ScenarioLanguage

/// Octets and actions that one event gave rise to; the driver performs the actions in order.
package struct DialogueOutput: Sendable {
  /// What `write` actions refer to.
  package var octets: [UInt8] = []
  package var actions: [DialogueAction] = []
  /// The last reply to a hello that one of the sessions got; the next session mostly gets the same.
  var hello: KnownHello?

  package init() {}

  /// Empties both, keeping their storage unless it has grown beyond what commands need.
  package mutating func clear() {
    actions.removeAll(keepingCapacity: true)
    // The scratch is shared by all sessions of a loop, so one large body may leave it large.
    octets.removeAll(keepingCapacity: octets.capacity <= BodyWriter.largestPortion * 2)
  }
}

/// A reply to a hello, read once for all connections that get it.
struct KnownHello: Sendable {
  let reply: Reply
  let capabilities: Capabilities
  let offersPipelining: Bool
  let offersSize: Bool

  init(_ reply: Reply) {
    self.reply = reply
    capabilities = Capabilities(helloReply: reply)
    offersPipelining = capabilities.offers("PIPELINING")
    offersSize = capabilities.offers("SIZE")
  }
}

/// One thing for the driver to do or to pass on.
package enum DialogueAction: Sendable, Equatable {
  /// Open a connection, from `Dialogue.requestedSource` where that is set. Answer with
  /// `connected` or `connectFailed`.
  case connect
  /// Write these octets of the output at once, as one write call of their own.
  case write(Range<Int>)
  /// The same; call `drained` once the system has taken all of them.
  case writeAndReport(Range<Int>)
  /// Start a client handshake on the connection. Answer with `secured` or `handshakeFailed`.
  case startTLS
  case close(Closing)
  /// A phase took so long.
  case measured(Phase, nanoseconds: Int64)
  /// A reply was paired with a command of this phase.
  case replied(code: UInt16, enhanced: EnhancedCode?, Phase)
  /// There is no connection; `Dialogue.refusal` says why.
  case refused
  /// There is no TLS; `Dialogue.refusal` says why.
  case handshakeFailed
  /// The connection is gone: `Dialogue.lastEnd` says how, `Dialogue.closingNotice` may say more.
  ///
  /// Without a payload of its own, so that an action needs no destruction.
  case connectionEnded
  /// The start state is reached: call `move`.
  case ready
  /// `Dialogue.transactionResult` is there: call `move`.
  case finished
  /// Content is about to go out, and the envelope of the next message could go with it: call
  /// `follow` before anything else.
  case mayFollow
  /// The dialogue is over; `Dialogue.ending` says how. Nothing follows.
  case over

  package enum Closing: Sendable, Equatable {
    /// FIN, but go on reading (over TLS: close_notify first).
    case output
    /// FIN and no more reading (over TLS: close_notify first).
    case full
    /// RST.
    case reset
    /// FIN without close_notify.
    case withoutCloseNotify
    /// close_notify without FIN; later writes go out in clear text.
    case closeNotify
  }
}
