// SPDX-License-Identifier: Apache-2.0
//
// The grammar of paths (RFC 5321 section 4.1.2 and 4.1.3, with RFC 6531 section 3.3 on request).

/// Reads paths, mailboxes and domains.
package struct PathParser {
  private var cursor: OctetCursor
  private let allowsUTF8: Bool

  private init(_ octets: [UInt8], at index: Int, allowsUTF8: Bool) {
    cursor = OctetCursor(octets, at: index)
    self.allowsUTF8 = allowsUTF8
  }

  /// Reads a path in its brackets.
  ///
  /// - Parameters:
  ///   - index: where it begins; on return, the octet behind its `>`.
  ///   - allowsNull: `<>`, as in MAIL.
  ///   - allowsPostmaster: `<postmaster>`, as in RCPT.
  ///   - allowsUTF8: octets above 127, where SMTPUTF8 was asked for.
  package static func path(
    in octets: [UInt8], at index: inout Int, allowsNull: Bool, allowsPostmaster: Bool,
    allowsUTF8: Bool
  ) throws(SyntaxFault) -> MailPath {
    var parser = PathParser(octets, at: index, allowsUTF8: allowsUTF8)
    let start = index
    var path = try parser.path(allowsNull: allowsNull, allowsPostmaster: allowsPostmaster)
    index = parser.cursor.index
    path.length = index - start
    return path
  }

  /// Reads octets that are a mailbox as a whole.
  package static func mailbox(_ octets: [UInt8], allowsUTF8: Bool = false) throws(SyntaxFault)
    -> Mailbox
  {
    var parser = PathParser(octets, at: 0, allowsUTF8: allowsUTF8)
    let mailbox = try parser.mailbox()
    guard parser.cursor.isAtEnd else { throw parser.cursor.fault("the end of the mailbox") }
    return mailbox
  }

  /// Reads octets that are a domain or an address literal as a whole, as behind EHLO.
  package static func domain(_ octets: [UInt8], allowsUTF8: Bool = false) throws(SyntaxFault)
    -> MailDomain
  {
    var parser = PathParser(octets, at: 0, allowsUTF8: allowsUTF8)
    let domain = try parser.domain()
    guard parser.cursor.isAtEnd else { throw parser.cursor.fault("the end of the domain") }
    return domain
  }

  // MARK: Path

  private mutating func path(allowsNull: Bool, allowsPostmaster: Bool) throws(SyntaxFault)
    -> MailPath
  {
    guard cursor.take(60) else { throw cursor.fault("<") }
    if cursor.current == 62, allowsNull {
      cursor.index += 1
      return MailPath(target: .null)
    }
    let route = try sourceRoute()
    if allowsPostmaster, route.isEmpty, let path = barePostmaster() { return path }
    let mailbox = try mailbox()
    guard cursor.take(62) else { throw cursor.fault(">") }
    return MailPath(target: .mailbox(mailbox), sourceRoute: route)
  }

  private mutating func barePostmaster() -> MailPath? {
    let word = Array("postmaster>".utf8)
    let ahead = cursor.octets[cursor.index...].prefix(word.count)
    let lower = ahead.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
    guard lower == word else { return nil }
    cursor.index += word.count
    return MailPath(target: .postmaster)
  }

  /// `@a,@b:`
  private mutating func sourceRoute() throws(SyntaxFault) -> [String] {
    var hosts: [String] = []
    while cursor.take(64) {
      hosts.append(try domain().description)
      if cursor.take(58) { return hosts }
      guard cursor.take(44) else { throw cursor.fault(": or , in the source route") }
      guard cursor.current == 64 else { throw cursor.fault("@ in the source route") }
    }
    return hosts
  }

  // MARK: Mailbox

  private mutating func mailbox() throws(SyntaxFault) -> Mailbox {
    let localPart = try localPart()
    guard cursor.take(64) else { throw cursor.fault("@") }
    return Mailbox(localPart: localPart, domain: try domain())
  }

  private mutating func localPart() throws(SyntaxFault) -> LocalPart {
    if cursor.current == 34 { return try quotedString() }
    let start = cursor.index
    repeat {
      let atom = cursor.take { OctetClass.isAtomText($0) || (allowsUTF8 && $0 >= 128) }
      guard !atom.isEmpty else { throw cursor.fault("a character of a local part") }
    } while cursor.take(46)
    let octets = Array(cursor.octets[start..<cursor.index])
    try checkUTF8(octets, from: start)
    return LocalPart(octets: octets)
  }

  private mutating func quotedString() throws(SyntaxFault) -> LocalPart {
    let start = cursor.index
    cursor.index += 1
    var octets: [UInt8] = []
    while let octet = cursor.current {
      cursor.index += 1
      switch octet {
      case 34:
        // Erratum 5414: an empty quoted string is no local part.
        guard !octets.isEmpty else { throw cursor.fault("something between the quotes") }
        try checkUTF8(octets, from: start)
        return LocalPart(octets: octets, wasQuoted: true)
      case 92:
        guard let quoted = cursor.current, quoted >= 32, quoted < 127 else {
          throw cursor.fault("a printable character behind the backslash")
        }
        cursor.index += 1
        octets.append(quoted)
      case 32..<127: octets.append(octet)
      case 128... where allowsUTF8: octets.append(octet)
      default:
        cursor.index -= 1
        throw cursor.fault("a printable character")
      }
    }
    throw cursor.fault("a closing quote")
  }

  private func checkUTF8(_ octets: [UInt8], from start: Int) throws(SyntaxFault) {
    guard allowsUTF8, octets.contains(where: { $0 >= 128 }) else { return }
    guard String(validating: octets, as: UTF8.self) != nil else {
      throw SyntaxFault(offset: start, expected: "valid UTF-8")
    }
  }

  // MARK: Domain

  private mutating func domain() throws(SyntaxFault) -> MailDomain {
    if cursor.take(91) { return try literal() }
    let start = cursor.index
    repeat {
      let labelStart = cursor.index
      // An underscore is no letter of RFC 1035, but hosts have them and mail must reach them.
      let label = cursor.take {
        OctetClass.isLetterOrDigit($0) || $0 == 45 || $0 == 95 || (allowsUTF8 && $0 >= 128)
      }
      guard let first = label.first, let last = label.last, first != 45, last != 45 else {
        cursor.index = label.isEmpty ? cursor.index : labelStart
        throw cursor.fault("a domain label")
      }
      guard label.count <= 63 else {
        throw SyntaxFault(offset: labelStart, expected: "a domain label of at most 63 octets")
      }
    } while cursor.take(46)
    let octets = Array(cursor.octets[start..<cursor.index])
    try checkUTF8(octets, from: start)
    return .name(String(decoding: octets, as: UTF8.self).lowercased())
  }

  private mutating func literal() throws(SyntaxFault) -> MailDomain {
    let start = cursor.index
    let content = cursor.take { $0 >= 33 && $0 <= 126 && $0 != 91 && $0 != 92 && $0 != 93 }
    guard cursor.take(93) else { throw cursor.fault("]") }
    let text = String(decoding: content, as: UTF8.self)
    if IPAddressText.isIPv4(content) { return .ipv4(text) }
    guard let colon = content.firstIndex(of: 58) else {
      throw SyntaxFault(offset: start, expected: "an address")
    }
    let tag = String(decoding: content[..<colon], as: UTF8.self)
    let rest = content[(colon + 1)...]
    let restText = String(decoding: rest, as: UTF8.self)
    if tag.lowercased() == "ipv6" {
      guard IPAddressText.isIPv6(Array(rest)) else {
        throw SyntaxFault(offset: start + colon + 1, expected: "an IPv6 address")
      }
      return .ipv6(restText)
    }
    let isTag = content[..<colon].allSatisfy { OctetClass.isLetterOrDigit($0) || $0 == 45 }
    guard isTag, !rest.isEmpty, let last = content[..<colon].last, last != 45 else {
      throw SyntaxFault(offset: start, expected: "an address literal")
    }
    return .general(tag: tag, content: restText)
  }
}

/// Texts of IP addresses as the mail grammar has them (RFC 5321 section 4.1.3).
package enum IPAddressText {
  /// Four numbers of 0 to 255.
  package static func isIPv4(_ octets: [UInt8]) -> Bool {
    let parts = octets.split(separator: 46, omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy(OctetClass.isDigit)
          && part.reduce(0) { $0 * 10 + Int($1 - 48) } <= 255
      }
  }

  /// Eight groups, or fewer with one `::`; the last two may be written as IPv4.
  package static func isIPv6(_ octets: [UInt8]) -> Bool {
    let text = octets
    var halves: [[UInt8]] = []
    var start = 0
    var index = 0
    while index + 1 < text.count {
      if text[index] == 58, text[index + 1] == 58 {
        halves.append(Array(text[start..<index]))
        start = index + 2
        index += 2
      } else {
        index += 1
      }
    }
    halves.append(Array(text[start...]))
    guard halves.count <= 2 else { return false }
    var groups = 0
    for (place, half) in halves.enumerated() {
      guard let count = groupCount(half, isLast: place == halves.count - 1) else { return false }
      groups += count
    }
    // RFC 5321 lets `::` stand for at least two groups; RFC 4291 and receivers know one as well.
    return halves.count == 2 ? groups <= 7 : groups == 8
  }

  private static func groupCount(_ half: [UInt8], isLast: Bool) -> Int? {
    if half.isEmpty { return 0 }
    let parts = half.split(separator: 58, omittingEmptySubsequences: false)
    var count = 0
    for (place, part) in parts.enumerated() {
      if isLast, place == parts.count - 1, part.contains(46) {
        guard isIPv4(Array(part)) else { return nil }
        count += 2
      } else {
        guard (1...4).contains(part.count), part.allSatisfy(OctetClass.isHexDigit) else {
          return nil
        }
        count += 1
      }
    }
    return count
  }
}
