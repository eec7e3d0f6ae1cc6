// SPDX-License-Identifier: Apache-2.0
//
// Where deliveries are expected and compared as they arrive. Knows no sockets: whatever listens hands
// over what came. Of a message nothing is kept but what became of it.

package import ScenarioLanguage
import Synchronization

/// A message that came to the sink.
package struct SinkMail: Sendable {
  /// The reverse-path without brackets.
  package var sender: String
  package var recipients: [String]
  package var content: [UInt8]

  package init(sender: String, recipients: [String], content: [UInt8]) {
    self.sender = sender
    self.recipients = recipients
    self.content = content
  }
}

/// What became of one message.
struct ArrivedMessage: Sendable {
  var copies = 0
  /// Of the copy that differs most.
  var content = ContentComparison.unchanged
  /// Of the first copy.
  var sender = ""
  var recipients: [String] = []
  /// The header section of the first copy, where somebody asks for it.
  var header: [UInt8] = []
  var at: ContinuousClock.Instant
}

/// Messages of one delivery.
struct Consignment: Sendable {
  let run: String
  let messages: Int
  /// The octets of a message by its number, from 1.
  let contents: @Sendable (Int) -> [UInt8]
  let keepsHeaders: Bool
  /// By number.
  var arrived: [Int: ArrivedMessage] = [:]
  /// Notices of the null sender that name the delivery.
  var reports = 0
}

/// Takes what the sink receives.
package final class SinkDesk: Sendable {
  /// How long a second copy is waited for once everything is there.
  let settling: Duration
  private let tellScript: @Sendable (SinkScript?) -> Void
  private let state = Mutex(State())
  private let turn = Atomic<Int>(0)

  private struct State {
    var consignments: [String: Consignment] = [:]
    var received = 0
  }

  /// Octets of a header section that are kept: expressions are tried on them, whoever wrote them.
  private static let keptHeader = 8 << 10
  /// Octets of a notice in which names are looked for.
  private static let readNotice = 256 << 10

  /// - Parameters:
  ///   - settling: how long a second copy is waited for once everything is there.
  ///   - script: tells whatever listens how it shall answer; nil: honestly.
  package init(
    settling: Duration = .seconds(1),
    script: @escaping @Sendable (SinkScript?) -> Void = { _ in }
  ) {
    self.settling = settling
    tellScript = script
  }

  /// Takes a message that came; on any thread.
  package func take(_ mail: SinkMail) {
    let header = MailHeader(of: mail.content)
    let (known, mark) = state.withLock { state -> (Consignment?, (run: String, message: Int)?) in
      state.received += 1
      guard let mark = header.mark else { return (nil, nil) }
      return (state.consignments[mark.run], mark)
    }
    guard let known, let mark, (1...known.messages).contains(mark.message) else {
      noteReport(mail)
      return
    }
    // The long part, outside of the lock.
    let comparison = ContentComparison(
      sent: known.contents(mark.message), arrived: mail.content)
    let kept = known.keepsHeaders ? Array(header.octets.prefix(Self.keptHeader)) : []
    state.withLock { state in
      var message =
        state.consignments[mark.run]?.arrived[mark.message]
        ?? ArrivedMessage(
          sender: mail.sender, recipients: mail.recipients, header: kept, at: .now)
      message.copies += 1
      message.content = message.content.worse(comparison)
      state.consignments[mark.run]?.arrived[mark.message] = message
    }
  }

  /// A notice of failure names the message in its text (RFC 3464 section 2).
  private func noteReport(_ mail: SinkMail) {
    guard mail.sender.isEmpty else { return }
    let text = String(decoding: mail.content.prefix(Self.readNotice), as: UTF8.self)
    state.withLock { state in
      for run in state.consignments.keys where text.contains(run) {
        state.consignments[run]?.reports += 1
      }
    }
  }

  /// Messages that came since the start, whosever they are.
  var received: Int { state.withLock { $0.received } }

  // MARK: For checks

  /// A name for the messages of one delivery that no other has.
  func name(in run: String) -> String {
    "\(run)-d\(turn.wrappingAdd(1, ordering: .relaxed).newValue)"
  }

  func expect(_ consignment: Consignment) {
    state.withLock { $0.consignments[consignment.run] = consignment }
  }

  func consignments(of runs: [String]) -> [Consignment] {
    state.withLock { state in runs.compactMap { state.consignments[$0] } }
  }

  /// Forgets the deliveries of a check that is over; what still comes of them is a stranger's.
  func forget(_ runs: [String]) {
    state.withLock { state in
      for run in runs { state.consignments[run] = nil }
    }
  }

  func answer(by script: SinkScript?) { tellScript(script) }
}

extension ContentComparison {
  fileprivate func worse(_ other: ContentComparison) -> ContentComparison {
    other.weight > weight ? other : self
  }

  private var weight: Int {
    switch self {
    case .unchanged: 0
    case .traced: 1
    case .headerChanged: 2
    case .changed: 3
    }
  }
}
