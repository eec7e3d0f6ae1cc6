// SPDX-License-Identifier: Apache-2.0
//
// What all dialogues of one run against one target have in common.

package import SASLExchange
package import ScenarioLanguage

/// The engine's share of a target profile and of a run.
package struct DialogueSettings: Sendable {
  package var mode: Mode
  /// Whether TLS starts with the connection (RFC 8314 section 3).
  package var implicitTLS: Bool
  package var limits: Timeouts
  package var settling: SettlingTimes
  /// The target as OAUTHBEARER names it (RFC 7628 section 3.1).
  package var host: String
  package var port: Int
  /// The name or address that the target's certificate has to carry.
  package var serverName: String
  /// Digests for SASL; nil where no step authenticates.
  package var digests: SASLDigests?
  /// Identifies the run in messages.
  package var run: String
  package var seed: UInt64
  /// Octets that no transcript, label or reason may show, whatever carries them.
  package var secrets: [[UInt8]]
  /// The rows that `${feed.…}` draws from.
  package var feed: Feed?

  package init(
    mode: Mode = .check, implicitTLS: Bool = false, limits: Timeouts = Timeouts(),
    settling: SettlingTimes? = nil, host: String = "localhost", port: Int = 25,
    serverName: String? = nil, digests: SASLDigests? = nil, run: String = "run", seed: UInt64 = 1,
    secrets: [[UInt8]] = [], feed: Feed? = nil
  ) {
    self.mode = mode
    self.implicitTLS = implicitTLS
    self.limits = limits
    self.settling = settling ?? (mode == .check ? .check : .load)
    self.host = host
    self.port = port
    self.serverName = serverName ?? host
    self.digests = digests
    self.run = run
    self.seed = seed
    self.secrets = secrets.filter { $0.count >= 4 }
    self.feed = feed
  }

  /// The longest wait in a phase, in nanoseconds.
  func limit(for phase: Phase) -> Int64 { limits.limit(for: phase).wholeNanoseconds }

  package enum Mode: Sendable, Equatable {
    /// Once, with every reply, outcome and line kept.
    case check
    /// Repeated, with nothing kept.
    case load
  }
}

/// Short waits by which the engine tells one thing from another, in nanoseconds.
package struct SettlingTimes: Sendable, Equatable {
  /// After the reply to a hello: time for further replies of a server that writes every line of a
  /// multi-line reply as a reply of its own.
  ///
  /// After a refusal: time for the second reply of a server that is about to close. 0 turns the
  /// wait off.
  package var quiet: Int64
  /// After a reply that nobody asked for: time for the end of the connection that would make it a
  /// closing notice.
  package var notice: Int64
  /// After a message during which a reply came: time for the reply that is due.
  package var afterEarlyReply: Int64
  /// For `silence`, `one reply` and `two replies` where the script names no limit.
  package var silence: Int64
  /// After octets that end in a bare LF: time for what would make them a line.
  package var lenient: Int64
  /// Between two segments of a cut write, so that the peer's system does not join them.
  package var cut: Int64

  package init(
    quiet: Int64, notice: Int64, afterEarlyReply: Int64, silence: Int64,
    lenient: Int64, cut: Int64
  ) {
    self.quiet = quiet
    self.notice = notice
    self.afterEarlyReply = afterEarlyReply
    self.silence = silence
    self.lenient = lenient
    self.cut = cut
  }

  /// Patient enough for a judgement.
  package static let check = SettlingTimes(
    quiet: 10_000_000, notice: 500_000_000, afterEarlyReply: 5_000_000_000,
    silence: 2_000_000_000, lenient: 3_000_000_000, cut: 1_000_000)

  /// No wait on the ordinary path.
  package static let load = SettlingTimes(
    quiet: 0, notice: 250_000_000, afterEarlyReply: 2_000_000_000, silence: 2_000_000_000,
    lenient: 3_000_000_000, cut: 0)
}
