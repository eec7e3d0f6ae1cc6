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
    let word = Array("POSTMASTER>".utf8)
    let ahead = cursor.octets[cursor.index...].prefix(word.count)
    guard ahead.map(OctetClass.upper) == word else { return nil }
    cursor.index += word.count
    return MailPath(target: .postmaster)
  }

  /// Reads a source route, `@a,@b:`, where there is one.
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
    try UTF8Check.check(octets, at: start)
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
        try UTF8Check.check(octets, at: start)
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

  // MARK: Domain

  private mutating func domain() throws(SyntaxFault) -> MailDomain {
    if cursor.take(91) { return try literal() }
    let start = cursor.index
    repeat { try label() } while cursor.take(46)
    let octets = Array(cursor.octets[start..<cursor.index])
    try UTF8Check.check(octets, at: start)
    return .name(String(decoding: octets, as: UTF8.self).lowercased())
  }

  /// `Let-dig [Ldh-str]`; the underscore is not permitted, by name.
  private mutating func label() throws(SyntaxFault) {
    let start = cursor.index
    let label = cursor.take {
      OctetClass.isLetterOrDigit($0) || $0 == 45 || (allowsUTF8 && $0 >= 128)
    }
    guard let last = label.last else { throw cursor.fault("a domain label") }
    guard label[0] != 45, last != 45 else {
      throw SyntaxFault(offset: start, expected: "a domain label without a hyphen at its ends")
    }
    // RFC 1035 section 2.3.4; U-labels are counted when they have become A-labels.
    guard label.count <= 63 || label.contains(where: { $0 >= 128 }) else {
      throw SyntaxFault(offset: start, expected: "a domain label of at most 63 octets")
    }
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
