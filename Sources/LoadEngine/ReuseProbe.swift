// SPDX-License-Identifier: Apache-2.0
//
// Finds out how many messages a target takes on one connection: sends one after another until the
// target has had enough, and tells how it said so.

package import DialogueEngine
package import NIOCore
package import RunRecord
package import SMTPTransport
import SMTPWire
import ScenarioLanguage
package import TLSEngine

/// What the search for the limit of a connection came to.
package struct ReuseFinding: Sendable {
  package var limit: ConnectionLimit
  /// Of the first connection; nil without TLS.
  package var tls: TLSFacts?
  /// Why there was nothing to find.
  package var failure: LoadFailure?
}

/// Searches for the limit of a connection.
package enum ReuseProbe {
  /// Sends up to `bound` messages on one connection.
  ///
  /// - Parameters:
  ///   - time: After so long the search is given up; a message that is under way is finished.
  ///   - control: Its user's wish to stop; the search ends politely then.
  package static func run(
    _ program: PreparedProgram, settings: SessionSettings, bound: Int, time: Duration,
    control: LoadControl, on loop: any EventLoop
  ) async -> ReuseFinding {
    await withCheckedContinuation { continuation in
      loop.execute {
        let owner = ReuseProbeOwner(
          bound: bound, until: SessionLoop.now() + time.wholeNanoseconds
        ) { finding in
          control.dismiss()
          continuation.resume(returning: finding)
        }
        let session = Session(
          program, settings: settings, number: 1, owner: owner, on: SessionLoop(loop))
        owner.session = session
        let bound = NIOLoopBound(owner, eventLoop: loop)
        control.attend { abandon in
          loop.execute { bound.value.stop(atOnce: abandon) }
        }
        session.start()
      }
    }
  }
}

/// Decides after each message whether to send another one on the same connection.
private final class ReuseProbeOwner: SessionOwner {
  var session: Session?
  private let bound: Int
  private let until: Instant
  private var done: ((ReuseFinding) -> Void)?
  private var book: ReuseBook
  private var tls: TLSFacts?
  private var isStopping = false

  init(bound: Int, until: Instant, done: @escaping (ReuseFinding) -> Void) {
    self.bound = bound
    self.until = until
    self.done = done
    book = ReuseBook(bound: bound)
  }

  func stop(atOnce: Bool) {
    isStopping = true
    if atOnce { session?.cancel() }
  }

  func session(_ session: Session, measured phase: Phase, nanoseconds: Int64) {}

  func session(
    _ session: Session, received code: UInt16, enhanced: EnhancedCode?, at phase: Phase
  ) {}

  func session(_ session: Session, connection event: ConnectionEvent) {
    switch event {
    case .secured(let facts): if tls == nil { tls = facts }
    case .ended(let end, let notice): book.note(end: end, notice: notice)
    case .opened, .refused, .handshakeFailed: break
    }
  }

  func sessionIsReady(_ session: Session) -> SessionMove { move(book.begin()) }

  func session(_ session: Session, finished result: TransactionResult) -> SessionMove {
    let next = book.note(result)
    guard isStopping || SessionLoop.now() >= until else { return move(next) }
    book.breakOff()
    return .finish
  }

  private func move(_ next: ReuseBook.Next) -> SessionMove {
    switch next {
    case .further(let number): .transaction(number: number, intended: nil)
    case .fresh(let number): .reconnect(number: number, intended: nil)
    case .enough: .finish
    }
  }

  func session(_ session: Session, ended ending: SessionEnding) {
    self.session = nil
    var failure: LoadFailure?
    switch ending {
    case .finished: break
    case .cancelled: book.breakOff()
    case .skipped(let reason): failure = .skipped(reason)
    case .setupFailed(_, _, let reason):
      // A target that took messages and then no connection has shown its limit all the same.
      if book.hasBegun { book.noteNoConnection() } else { failure = .unreachable(reason) }
    }
    done?(ReuseFinding(limit: book.limit, tls: tls, failure: failure))
    done = nil
  }
}

/// What the messages of one connection came to, and what follows from it.
///
/// Knows no socket.
struct ReuseBook: Sendable {
  enum Next: Sendable, Equatable {
    /// Another message, on the same connection where it stands.
    case further(Int)
    /// One more, on a fresh connection.
    case fresh(Int)
    case enough
  }

  private let bound: Int
  private var number = 0
  private var accepted = 0
  /// Refused messages in a row, the connection standing.
  private var refusals: [TransactionResult] = []
  private var ending: ConnectionLimit?
  /// The connection is gone, and how; a message may still tell the stage.
  private var lost: (ending: ConnectionLimit.Ending, reply: String?)?
  private var isOnFreshConnection = false

  init(bound: Int) { self.bound = bound }

  var hasBegun: Bool { number > 0 }

  /// Refused messages that make a limit: one alone may be chance.
  static let refusalsThatTell = 3

  mutating func begin() -> Next {
    number += 1
    return .further(number)
  }

  /// The connection ended.
  mutating func note(end: ConnectionEnd, notice: String?) {
    guard lost == nil, ending == nil, !isOnFreshConnection, number > 0 else { return }
    if let notice, notice.hasPrefix("421") {
      lost = (.announced, notice)
      return
    }
    switch end {
    case .fin: lost = (.closed, notice)
    case .reset: lost = (.reset, notice)
    case .truncated: lost = (.truncated, notice)
    case .failed(_, let text): lost = (.closed, text)
    case .local: break
    }
  }

  /// A message has its result.
  mutating func note(_ result: TransactionResult) -> Next {
    if isOnFreshConnection {
      // The same refusal on a fresh connection is about us, not about the connection.
      if result.outcome != .accepted { ending?.ending = .throttling }
      return .enough
    }
    if number > 1, result.position == 1 {
      // The connection had ended between two messages, and this one went over the next.
      end(with: lost ?? (.closed, nil), stage: nil)
      return .enough
    }
    if result.outcome == .accepted {
      accepted += 1
      refusals = []
      return number < bound ? begin() : .enough
    }
    if result.code == 421 {
      ending = limit(.announced, stage: result.stage, reply: result.reason)
      return .enough
    }
    guard result.connectionIsOpen else {
      end(
        with: lost ?? (result.code == 0 ? .silent : .closed, result.reason), stage: result.stage)
      return .enough
    }
    refusals.append(result)
    guard refusals.count >= Self.refusalsThatTell || number >= bound else { return begin() }
    end(with: (.refusing, nil), stage: nil)
    isOnFreshConnection = true
    number += 1
    return .fresh(number)
  }

  /// No connection followed the one that carried the messages.
  mutating func noteNoConnection() {
    if ending == nil { end(with: lost ?? (.closed, nil), stage: nil) }
  }

  /// The search ends before its bound.
  mutating func breakOff() {
    if ending == nil {
      ending = ConnectionLimit(accepted: accepted, ending: .unfinished, bound: bound)
    }
  }

  /// Messages were refused before whatever ended the connection: then that was the limit.
  private mutating func end(
    with known: (ending: ConnectionLimit.Ending, reply: String?), stage: Phase?
  ) {
    if let first = refusals.first {
      ending = limit(.refusing, stage: first.stage, reply: first.reason)
    } else {
      ending = limit(known.ending, stage: stage, reply: known.reply)
    }
  }

  /// What was found.
  var limit: ConnectionLimit {
    ending ?? ConnectionLimit(accepted: accepted, ending: .none, bound: bound)
  }

  private func limit(
    _ ending: ConnectionLimit.Ending, stage: Phase?, reply: String?
  ) -> ConnectionLimit {
    ConnectionLimit(
      accepted: accepted, ending: ending, stage: stage?.rawValue, reply: reply, bound: bound)
  }
}
