// SPDX-License-Identifier: Apache-2.0
//
// Whether a message that arrived is the one that was sent, octet for octet, and where it is not.

import SMTPWire

/// What became of a message's content on its way.
enum ContentComparison: Sendable, Equatable {
  case unchanged
  /// Received or Return-Path fields stand before it (RFC 5321 section 4.4), and nothing else.
  case traced
  /// Something else in the header section is different; the text says what, and where first.
  case headerChanged(String)
  /// The body is another one.
  case changed(String)

  /// Compares; a last line without CRLF may have got one, since DATA has no way to send it without.
  init(sent: [UInt8], arrived: [UInt8]) {
    let sent = sent.suffix(2) == [0x0D, 0x0A] || sent.isEmpty ? sent : sent + [0x0D, 0x0A]
    if arrived == sent {
      self = .unchanged
      return
    }
    let (left, right) = (MailHeader(of: sent), MailHeader(of: arrived))
    let (bodySent, bodyArrived) = (sent[left.octets.endIndex...], arrived[right.octets.endIndex...])
    guard bodySent.elementsEqual(bodyArrived) else {
      // The empty line that both begin with is none of the body's.
      self = .changed(
        "body: " + Self.difference(sent: bodySent.dropFirst(2), arrived: bodyArrived.dropFirst(2)))
      return
    }
    let own = left.fields.prefix(while: Self.isTrace).count
    let traces = right.fields.prefix(while: Self.isTrace)
    // What the message brought with it is its own, and has to stay as it was.
    let added = traces.prefix(max(0, traces.count - own))
    let rest = arrived[(added.last?.octets.endIndex ?? 0)...]
    self =
      rest.elementsEqual(sent)
      ? .traced : .headerChanged("header: " + Self.difference(sent: sent[...], arrived: rest))
  }

  private static func isTrace(_ field: MailHeader.Field) -> Bool {
    field.name == "received" || field.name == "return-path"
  }

  /// The first line that is another one.
  private static func difference(sent: ArraySlice<UInt8>, arrived: ArraySlice<UInt8>) -> String {
    var (sent, arrived) = (sent, arrived)
    var number = 0
    while !sent.isEmpty || !arrived.isEmpty {
      number += 1
      let (left, right) = (line(&sent), line(&arrived))
      if left == right { continue }
      if right.isEmpty { return "line \(number) is missing: \(shown(left))" }
      if left.isEmpty { return "line \(number) was added: \(shown(right))" }
      return "line \(number) was sent as \(shown(left)) and came as \(shown(right))"
    }
    return "the octets are other ones"
  }

  /// Takes the next line with its end.
  private static func line(_ octets: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let end = octets.firstIndex(of: 0x0A).map { $0 + 1 } ?? octets.endIndex
    defer { octets = octets[end...] }
    return octets[..<end]
  }

  /// Octets of a line that evidence shows.
  private static let shownOctets = 120

  private static func shown(_ line: ArraySlice<UInt8>) -> String {
    let text = WireText.escaped(line.prefix(shownOctets))
    return line.count > shownOctets ? "\"\(text)…\" (\(line.count) octets)" : "\"\(text)\""
  }
}
