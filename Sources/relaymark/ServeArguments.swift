// SPDX-License-Identifier: Apache-2.0
//
// Misbehaviour of the embedded relay as the command line writes it: a stage and what happens there.

import ArgumentParser
import ReferenceRelay
import ScenarioLanguage

/// A stage and how much later it is answered, `stage=duration`.
struct DelayArgument: ExpressibleByArgument {
  var rule: RelayRule

  init?(argument: String) {
    guard let (stage, rest) = StageArgument.split(argument), let delay = Quantity.duration(rest)
    else { return nil }
    rule = RelayRule(at: stage, .delay(delay))
  }
}

/// A stage and what it is answered: `stage=reply`, `stage=reply:times` or `stage=reply:share%`.
struct ReplyArgument: ExpressibleByArgument {
  var rule: RelayRule

  init?(argument: String) {
    guard let (stage, rest) = StageArgument.split(argument) else { return nil }
    var text = rest[...]
    var times: Int?
    var odds: Double?
    if let mark = text.lastIndex(of: ":") {
      let limit = text[text.index(after: mark)...]
      times = Quantity.wholeNumber(limit)
      odds = StageArgument.share(limit)
      if times != nil || odds != nil { text = text[..<mark] }
    }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
      var reply = RelayReply(parsing: text)
    else { return nil }
    if reply.text.isEmpty { reply.text = "as told on the command line" }
    rule = RelayRule(at: stage, .reply(reply), times: times, odds: odds)
  }
}

/// A stage that is answered later by a step each time on a connection, `stage=step..most`.
struct TarpitArgument: ExpressibleByArgument {
  var rule: RelayRule

  init?(argument: String) {
    guard let (stage, rest) = StageArgument.split(argument),
      let dots = rest.firstRange(of: ".."),
      let step = Quantity.duration(String(rest[..<dots.lowerBound])),
      let most = Quantity.duration(String(rest[dots.upperBound...])), step <= most
    else { return nil }
    rule = RelayRule(at: stage, .tarpit(step: step, most: most))
  }
}

/// A stage at which connections are reset by chance, `stage=share%`.
struct DropArgument: ExpressibleByArgument {
  var rule: RelayRule

  init?(argument: String) {
    guard let (stage, rest) = StageArgument.split(argument), let odds = StageArgument.share(rest)
    else { return nil }
    rule = RelayRule(at: stage, .reset, odds: odds)
  }
}

/// A time at which everything stands still, and for how long, `begin+length`.
struct StallArgument: ExpressibleByArgument {
  var rule: RelayRule

  init?(argument: String) {
    let parts = argument.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let begin = Quantity.duration(parts[0]),
      let length = Quantity.duration(parts[1]), length > .zero
    else { return nil }
    rule = .stalls(from: begin, for: length)
  }
}

/// What the arguments for misbehaviour have in common.
enum StageArgument {
  /// The stage before the equals sign, nil for `any`, and the rest behind it.
  static func split(_ argument: String) -> (stage: RelayStage?, rest: String)? {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    if parts[0] == "any" { return (nil, String(parts[1])) }
    return RelayStage(rawValue: String(parts[0])).map { ($0, String(parts[1])) }
  }

  /// A share of 1, written `10%` or `0.5%`.
  static func share(_ text: some StringProtocol) -> Double? {
    guard text.hasSuffix("%"), let percent = Quantity.number(text.dropLast()), percent <= 100
    else { return nil }
    return percent / 100
  }
}
