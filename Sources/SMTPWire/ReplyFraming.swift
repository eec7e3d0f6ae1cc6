// SPDX-License-Identifier: Apache-2.0
//
// What the front of a reply line says, and which bare LF ends a line although only CRLF should.
// Reader and finished reply share these rules, so that both see the same lines.

/// The first four octets of a reply line.
struct ReplyLineHead {
  /// Three digits, nil where there are none.
  var code: UInt16?
  /// The octet behind them, nil where the line ends there.
  var separator: UInt8?

  /// - Parameter line: without its terminator.
  init(_ line: UnsafeRawBufferPointer) {
    guard line.count >= 3 else { return }
    var value: UInt16 = 0
    for octet in line[..<3] {
      guard OctetClass.isDigit(octet) else { return }
      value = value * 10 + UInt16(octet - 48)
    }
    code = value
    separator = line.count > 3 ? line[3] : nil
  }

  /// Whether another line follows (RFC 5321 section 4.2.1).
  ///
  /// A line without a code inside a reply that was to go on does not end it: the line before has
  /// promised one that does.
  func continues(isFirstLine: Bool) -> Bool {
    code == nil ? !isFirstLine : separator == 45
  }
}

/// What octets behind a bare LF look like.
enum ReplyLineBeginning {
  /// A code and an octet that may follow it.
  case replyLine
  case other
  /// More octets are needed.
  case undecided

  init(_ octets: UnsafeRawBufferPointer, at start: Int) {
    for place in 0..<4 {
      guard start + place < octets.count else {
        self = .undecided
        return
      }
      let octet = octets[start + place]
      let fits =
        switch place {
        case 0: octet >= 50 && octet <= 53
        case 1, 2: OctetClass.isDigit(octet)
        default: octet == 32 || octet == 45 || octet == 13 || octet == 10
        }
      guard fits else {
        self = .other
        return
      }
    }
    self = .replyLine
  }
}
