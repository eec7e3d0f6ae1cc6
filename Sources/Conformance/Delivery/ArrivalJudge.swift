// SPDX-License-Identifier: Apache-2.0
//
// Holds what came to the sink against what a script wants of it. Pure functions.

import SMTPWire
import ScenarioLanguage

/// What a delivery came to, seen from the sink.
struct ArrivalJudge {
  let arrival: Arrival
  let consignments: [Consignment]

  /// Numbers that evidence shows of each kind.
  private static let shownNumbers = 10
  /// Octets of a header section that evidence shows: its first fields are the trace.
  private static let shownHeader = 300

  /// Different messages that came.
  var count: Int { consignments.reduce(0) { $0 + $1.arrived.count } }

  private var isSeveral: Bool { consignments.count > 1 }

  /// In words of the script.
  var expected: String {
    var parts = [arrival.messages == 1 ? "1 message" : "\(arrival.messages) messages"]
    if arrival.messages > 0 {
      parts.append(arrival.each == .once ? "each once" : "each at least once")
      if arrival.content != .any { parts.append(arrival.content.rawValue) }
      if let sender = arrival.sender { parts.append("from <\(sender)>") }
      if let recipient = arrival.recipient { parts.append("for <\(recipient)>") }
      parts += arrival.header.map(\.text)
    }
    return parts.joined(separator: ", ")
  }

  /// - Parameter isSilent: Whether nothing at all has ever come to the sink.
  func finding(isSilent: Bool) -> Finding {
    let faults = faults
    let came = count == 1 ? "1 message came" : "\(count) messages came"
    if faults.isEmpty { return Finding(.pass, expected: expected, actual: came) }
    var finding = Finding(
      arrival.otherwise, expected: expected, actual: ([came] + faults).joined(separator: "; "))
    let reports = consignments.reduce(0) { $0 + $1.reports }
    if count < arrival.messages {
      if isSilent {
        finding.verdict = .inconclusive
        finding.reason = "nothing ever came to the sink: does the target deliver there?"
      } else if reports > 0, faults.count == 1 {
        // RFC 5321 section 4.2.5: to report is the other way to be responsible.
        finding.verdict = .inconclusive
        finding.reason = "the target reports that it could not deliver"
      }
    }
    return finding
  }

  /// Everything that is wrong, a kind each.
  private var faults: [String] {
    var faults: [String] = []
    if count > arrival.messages {
      faults.append("\(count - arrival.messages) more than wanted")
    } else if count < arrival.messages {
      faults.append("missing: \(missing)")
    }
    guard arrival.messages > 0 else { return faults }
    if arrival.each == .once {
      let doubled = numbers { $0.copies > 1 }
      if !doubled.isEmpty { faults.append("more than once: \(text(doubled))") }
    }
    faults += first("changed", where: contentFault)
    faults += first("with another sender", where: senderFault)
    faults += first("for another recipient", where: recipientFault)
    for condition in arrival.header {
      faults += first("with another header", where: { fault(of: $0, condition) })
    }
    return faults
  }

  // MARK: - One message

  private func contentFault(_ message: ArrivedMessage) -> String? {
    switch (arrival.content, message.content) {
    case (.any, _), (_, .unchanged), (.unchangedButForTrace, .traced),
      (.bodyUnchanged, .traced), (.bodyUnchanged, .headerChanged):
      nil
    case (.unchanged, .traced): "trace fields were added"
    case (_, .headerChanged(let text)), (_, .changed(let text)): text
    }
  }

  private func senderFault(_ message: ArrivedMessage) -> String? {
    guard let sender = arrival.sender, message.sender != sender else { return nil }
    return "<\(message.sender)>"
  }

  private func recipientFault(_ message: ArrivedMessage) -> String? {
    guard let recipient = arrival.recipient, !message.recipients.contains(recipient) else {
      return nil
    }
    return message.recipients.map { "<\($0)>" }.joined(separator: ", ")
  }

  private func fault(of message: ArrivedMessage, _ condition: HeaderCondition) -> String? {
    switch condition {
    case .matches(let expression):
      guard HeaderCondition.search(expression, in: message.header) == nil else { return nil }
      let rest = message.header.count > Self.shownHeader ? "…" : ""
      return "\"\(WireText.escaped(message.header.prefix(Self.shownHeader)))\(rest)\""
    case .matchesNot(let expression):
      return HeaderCondition.search(expression, in: message.header).map {
        "\"\(WireText.escaped($0.prefix(Self.shownHeader)))\""
      }
    }
  }

  // MARK: - Texts

  /// The messages that have a fault, and that of the first of them.
  private func first(_ what: String, where fault: (ArrivedMessage) -> String?) -> [String] {
    let found = numbers { fault($0) != nil }
    guard let place = found.first,
      let message = consignments[place.consignment].arrived[place.number], let why = fault(message)
    else { return [] }
    return ["\(what): \(text(found)) (\(why))"]
  }

  private func numbers(
    where holds: (ArrivedMessage) -> Bool
  ) -> [(consignment: Int, number: Int)] {
    consignments.enumerated().flatMap { place, consignment in
      consignment.arrived.filter { holds($0.value) }.keys.sorted().map { (place, $0) }
    }
  }

  private var missing: String {
    text(
      consignments.enumerated().flatMap { place, consignment in
        (1...max(1, consignment.messages)).filter { consignment.arrived[$0] == nil }
          .map { (place, $0) }
      })
  }

  private func text(_ numbers: [(consignment: Int, number: Int)]) -> String {
    let shown = numbers.prefix(Self.shownNumbers).map { place in
      isSeveral ? "\(place.consignment + 1)/\(place.number)" : "\(place.number)"
    }
    let rest = numbers.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension HeaderCondition {
  var text: String {
    switch self {
    case .matches(let expression): "a header that matches \(expression)"
    case .matchesNot(let expression): "a header that does not match \(expression)"
    }
  }

  /// What matches first, of octets that are one character each; the reader has tried the expression.
  static func search(_ expression: String, in octets: [UInt8]) -> [UInt8]? {
    guard let regex = try? Regex(expression).matchingSemantics(.unicodeScalar) else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: octets.map { Unicode.Scalar($0) })
    guard let match = try? regex.firstMatch(in: String(text)) else { return nil }
    return match.0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }
}
