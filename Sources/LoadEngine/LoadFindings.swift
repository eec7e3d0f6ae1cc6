// SPDX-License-Identifier: Apache-2.0
//
// What a reader of a load's result should know first: throttling told apart from failure, limits of
// a connection, stalls, deliberate delays. Pure functions of what was counted; a sentence each.

import DialogueEngine
import RunRecord
import ScenarioLanguage

/// Names what happened in a load.
enum LoadFindings {
  /// The findings, the gravest first.
  static func of(_ load: LoadRecord, tally: LoadTally, begin: Instant) -> [String] {
    let ended = load.endedEarly.flatMap { $0.isEmpty ? nil : "The load was ended \($0)." }
    let whole = [
      ended, throttling(load), reopening(load), lost(load), refused(load), rejected(load),
      deferred(load),
      stall(tally.silence, begin: begin, load), growth(load), greeting(load), waiting(load),
      busy(load), fallback(tally), recipients(tally),
    ]
    return whole.compactMap { $0 } + endings(load) + answers(load)
  }

  // MARK: Outcomes

  private static func throttling(_ load: LoadRecord) -> String? {
    let count = load.messages.throttled
    guard count > 0 else { return nil }
    return
      "The target throttled \(share(count, of: load)): \(sample(load) { $0 == 421 || $0 / 100 == 4 })"
      + " It limits us on purpose; this is not a failure to deliver."
  }

  /// What the answer to 421 that was asked for has cost.
  private static func reopening(_ load: LoadRecord) -> String? {
    guard let reopening = load.reopening else { return nil }
    if reopening.pauses > 0 {
      let total = seconds(Int64(reopening.paused * 1e9))
      let pauses = reopening.pauses == 1 ? "1 pause" : "\(reopening.pauses) pauses"
      return "Told 421, sessions waited \(reopening.policy) before they opened again, as asked: "
        + "\(pauses), \(total) of their time together, in which they sent nothing."
    }
    guard reopening.stopped > 0 else { return nil }
    let which = "\(reopening.stopped) of \(load.sessions) sessions"
    let what = "Told 421, \(which) opened no further connection, as asked"
    guard reopening.stopped >= load.sessions else { return "\(what); the others went on." }
    let left = load.messages.notStarted
    return "\(what): no session was left"
      + (left > 0 ? ", and \(messages(left)) not started." : ".")
  }

  private static func lost(_ load: LoadRecord) -> String? {
    let count = load.messages.lost
    guard count > 0 else { return nil }
    let text = load.samples[TransactionResult.Outcome.lost.rawValue]?.first.map { ": \($0)" } ?? ""
    return "No reply came for \(share(count, of: load))\(text)."
  }

  private static func refused(_ load: LoadRecord) -> String? {
    let connections = load.connections
    guard connections.refused > 0 else { return nil }
    let often = connections.refusals.max { ($0.value, $1.key) < ($1.value, $0.key) }
    let reason = often.map { ", most often: \($0.key)" } ?? ""
    return "\(connections.refused) attempts to connect came to nothing\(reason)."
  }

  private static func rejected(_ load: LoadRecord) -> String? {
    let count = load.messages.rejected
    guard count > 0 else { return nil }
    return "The target rejected \(share(count, of: load)): \(sample(load) { $0 / 100 == 5 })"
  }

  private static func deferred(_ load: LoadRecord) -> String? {
    let count = load.messages.deferred
    guard count > 0 else { return nil }
    return "The target deferred \(share(count, of: load)): \(sample(load) { $0 / 100 == 4 })"
  }

  // MARK: Connections

  /// A single odd connection is no limit.
  private static let leastEndings = 3
  /// The share of endings with one count above which that count is the target's limit.
  private static let regular = 0.8

  /// How the target ends connections, one sentence for each manner.
  private static func endings(_ load: LoadRecord) -> [String] {
    EndingRecord.Manner.allCases.compactMap { manner in
      let known = load.endings.filter { $0.manner == manner }
      let count = known.reduce(0) { $0 + $1.count }
      guard let most = known.first, count > 0 else { return nil }
      let how =
        switch manner {
        case .announced: "with 421"
        case .closed: "without a word (FIN)"
        case .reset: "by a reset (RST)"
        case .truncated: "inside TLS without close_notify"
        }
      if most.count >= leastEndings, Double(most.count) >= regular * Double(count) {
        return "The target ends connections after \(messages(most.after)), \(how): "
          + "so it did \(most.count) times."
      }
      let least = known.map(\.after).min() ?? 0
      let highest = known.map(\.after).max() ?? 0
      let range = least == highest ? messages(least) : "\(least) to \(messages(highest))"
      return "The target ended \(connections(count)) \(how), after \(range)."
    }
  }

  // MARK: Time

  /// A stall is a silence this long, in nanoseconds, and this many times the usual latency.
  private static let shortestStall: Int64 = 500_000_000
  private static let stallFactor = 10.0
  private static let setup = [Phase.greeting, .ehlo, .starttls, .auth]

  private static func stall(_ silence: Silence, begin: Instant, _ load: LoadRecord) -> String? {
    // A target that takes its time with every greeting is slow, and named so below; it does not stall.
    // The shortest tells, since a stall meets most of the connections that are opened because of it.
    let usual = setup.compactMap { load.latency[$0.rawValue]?.min }.reduce(
      (load.service ?? load.latency[Phase.transaction.rawValue])?.p50 ?? 0, max)
    guard silence.nanoseconds >= shortestStall,
      Double(silence.nanoseconds) / 1000 >= usual * stallFactor
    else { return nil }
    let from = Double(silence.end - begin - silence.nanoseconds) / 1e9
    return "The target stalled: nothing came back for \(seconds(silence.nanoseconds)), "
      + "from \(decimal(max(0, from))) s on, while \(silence.waiting) "
      + "\(silence.waiting == 1 ? "session" : "sessions") waited for a reply."
  }

  /// Delays that grow with the connection are steps of a tarpit when they grow by this much.
  private static let growthFactor = 4.0
  private static let growthMicroseconds = 50_000.0

  private static func growth(_ load: LoadRecord) -> String? {
    guard let first = load.positions.first, let last = load.positions.last,
      load.positions.count > 1, last.latency.p50 >= first.latency.p50 * growthFactor,
      last.latency.p50 - first.latency.p50 >= growthMicroseconds
    else { return nil }
    return "Messages get slower along a connection: \(milliseconds(first.latency.p50)) for message "
      + "\(first.label), \(milliseconds(last.latency.p50)) for \(last.label) (p50): steps of a tarpit."
  }

  /// Longer than any way to the target and back, in microseconds.
  private static let deliberate = 200_000.0

  /// Whether the usual delay is long, and much the same for all: one that a stall has made is not.
  private static func isDeliberate(_ latency: LatencyRecord) -> Bool {
    latency.p50 >= deliberate && latency.min * 4 >= latency.p50
  }

  private static func greeting(_ load: LoadRecord) -> String? {
    guard let greeting = load.latency[Phase.greeting.rawValue], isDeliberate(greeting),
      let connect = load.latency[Phase.connect.rawValue], connect.p50 * 10 < greeting.p50
    else { return nil }
    return
      "The greeting comes \(milliseconds(greeting.p50)) after the connection (p50), which took "
      + "\(milliseconds(connect.p50)): the target delays it."
  }

  /// Commands that are answered late though the way is short.
  private static func answers(_ load: LoadRecord) -> [String] {
    guard let connect = load.latency[Phase.connect.rawValue] else { return [] }
    return [Phase.ehlo, .auth, .mail, .rcpt, .data].compactMap { phase in
      guard let latency = load.latency[phase.rawValue], isDeliberate(latency),
        connect.p50 * 10 < latency.p50
      else { return nil }
      return "\(phase.rawValue.uppercased()) is answered after \(milliseconds(latency.p50)) (p50) "
        + "while a connection takes \(milliseconds(connect.p50)): the target delays the reply."
    }
  }

  private static func waiting(_ load: LoadRecord) -> String? {
    guard let arrivals = load.arrivals, arrivals.waited > 0 else { return nil }
    return "\(messages(arrivals.waited)) had to wait for a free session: all \(load.sessions) "
      + "were in use. Their latency counts from the intended start all the same."
  }

  private static func busy(_ load: LoadRecord) -> String? {
    LoadValidity.saturated(load).map {
      "Rate and latency are ours, not the target's, which may be faster: \($0)."
    }
  }

  private static func fallback(_ tally: LoadTally) -> String? {
    guard tally.fallbacks > 0 else { return nil }
    return "PIPELINING was not offered: \(tally.fallbacks) transactions went command by command."
  }

  private static func recipients(_ tally: LoadTally) -> String? {
    guard tally.refusedRecipients > 0 else { return nil }
    return "\(tally.refusedRecipients) recipients were refused in messages that others received."
  }

  // MARK: Words

  private static func share(_ count: Int, of load: LoadRecord) -> String {
    let percent = Double(count) * 100 / Double(max(1, load.messages.attempted))
    return "\(count) of \(messages(load.messages.attempted)) (\(decimal(percent)) %)"
  }

  /// The replies behind an outcome, the most frequent code first, with one text.
  private static func sample(_ load: LoadRecord, _ fits: (Int) -> Bool) -> String {
    let codes = load.replies.filter { fits($0.key) }.sorted {
      ($1.value, $0.key) < ($0.value, $1.key)
    }
    let texts = codes.prefix(3).map { code, count in
      let text = load.samples[String(code)]?.first
      return "\(count) × \(text ?? String(code))"
    }
    return texts.isEmpty ? "no reply code." : texts.joined(separator: "; ") + "."
  }

  private static func messages(_ count: Int) -> String {
    count == 1 ? "1 message" : "\(count) messages"
  }

  private static func connections(_ count: Int) -> String {
    count == 1 ? "1 connection" : "\(count) connections"
  }

  private static func milliseconds(_ microseconds: Double) -> String {
    "\(decimal(microseconds / 1000)) ms"
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    "\(decimal(Double(nanoseconds) / 1e9)) s"
  }

  /// One place, or two significant digits where that is less.
  private static func decimal(_ value: Double) -> String {
    let scale = value < 1 ? 100.0 : 10.0
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded < 1e15 ? String(Int(rounded)) : String(rounded)
  }
}
