// SPDX-License-Identifier: Apache-2.0
//
// A session in memory, under a clock that tests move: text goes in, what the relay says comes out.

import ReferenceRelay
import TLSEngine
import Testing

/// How the octets of a client come in.
enum Feeding: CaseIterable {
  /// Each piece as it was written.
  case whole
  /// One octet at a time.
  case byteByByte
}

/// A session of the relay without a socket.
final class Desk {
  let session: RelaySession
  let tally = RelayTally()
  private(set) var output = RelayOutput()
  /// The step of the last batch.
  private(set) var step = RelayStep.read
  /// Nanoseconds since the relay's start.
  private(set) var time: Int64 = 0
  /// All that was said and not taken yet.
  private var said: [UInt8] = []
  private let feeding: Feeding

  init(
    _ role: RelayRole = .relay, feeding: Feeding = .whole, peer: RelayPeer = RelayPeer(),
    _ change: (inout RelayConfiguration) -> Void = { _ in }
  ) {
    var configuration = RelayConfiguration(wallClock: { 1_000_000_000 }, note: { _ in })
    change(&configuration)
    session = RelaySession(RelayService(configuration, role: role), peer: peer, tally: tally)
    self.feeding = feeding
    session.opened(at: now, into: &output)
    note()
  }

  private var now: RelayInstant { RelayInstant(nanoseconds: time) }

  private func note() {
    said += output.octets
    step = output.step
  }

  /// Sends octets and gives what the relay says to them.
  @discardableResult
  func send(_ octets: [UInt8]) -> String {
    switch feeding {
    case .whole: receive(octets)
    case .byteByByte: for octet in octets where !session.isEnded { receive([octet]) }
    }
    return take()
  }

  /// Sends text, line ends included.
  @discardableResult
  func send(_ text: String) -> String { send(Array(text.utf8)) }

  private func receive(_ octets: [UInt8]) {
    octets.withUnsafeBytes { session.received($0, at: now, into: &output) }
    note()
  }

  /// Takes what was said since the last time.
  func take() -> String {
    defer { said = [] }
    return String(decoding: said, as: UTF8.self)
  }

  /// Lets time pass, waking the machine whenever it wants.
  func wait(_ duration: Duration) -> String {
    let end =
      time + duration.components.seconds * 1_000_000_000
      + duration.components.attoseconds / 1_000_000_000
    while let deadline = session.deadline, deadline.nanoseconds <= end, !session.isEnded {
      time = max(time, deadline.nanoseconds)
      session.timerFired(at: now, into: &output)
      note()
    }
    time = end
    return take()
  }

  /// Answers the last `store` step.
  func finishStore(_ isStored: Bool) -> String {
    session.stored(isStored, at: now, into: &output)
    note()
    return take()
  }

  /// The message that shall be stored now.
  var message: RelayMessage? {
    if case .store(let message) = step { message } else { nil }
  }

  var close: RelayClose? {
    if case .close(let manner) = step { manner } else { nil }
  }

  /// Finishes the TLS handshake.
  func finishHandshake() -> String {
    let facts = TLSFacts(version: .tls1_3, cipher: "TLS_AES_128_GCM_SHA256")
    session.secured(facts, at: now, into: &output)
    note()
    return take()
  }

  func endInput() -> String {
    session.inputEnded(at: now, into: &output)
    note()
    return take()
  }

  func shutDown() -> String {
    session.shutDown(at: now, into: &output)
    note()
    return take()
  }

  var counters: RelayCounters {
    var counters = RelayCounters()
    tally.add(to: &counters)
    return counters
  }
}

/// The codes of the replies in what a relay said; of a reply of several lines the last one's.
func codes(_ said: String) -> String {
  said.split(separator: "\r\n", omittingEmptySubsequences: true)
    .filter { $0.count < 4 || $0.dropFirst(3).first != "-" }
    .map { String($0.prefix(3)) }.joined(separator: " ")
}

/// Codes and enhanced codes of the replies.
func statuses(_ said: String) -> String {
  said.split(separator: "\r\n", omittingEmptySubsequences: true)
    .filter { $0.count < 4 || $0.dropFirst(3).first != "-" }
    .map { line in
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count > 1, words[1].split(separator: ".").count == 3,
        words[1].utf8.allSatisfy({ $0 == 46 || (48...57).contains($0) })
      else { return String(words[0]) }
      return "\(words[0]) \(words[1])"
    }.joined(separator: ", ")
}

/// A fault that turns knobs of the policy, for tests of single knobs.
struct Knob: RelayFault {
  static let summary = "Turns the knobs that a test wants."
  static let breaks: [String] = []

  var turn: @Sendable (inout RelayPolicy) -> Void = { _ in }

  init() {}

  init(_ turn: @escaping @Sendable (inout RelayPolicy) -> Void) { self.turn = turn }

  func adjust(_ policy: inout RelayPolicy) { turn(&policy) }
}
