// SPDX-License-Identifier: Apache-2.0
//
// A command line taken apart: the verb and what stands behind it (RFC 5321 section 4.1.1).

/// A command line.
package struct CommandLine: Sendable, Equatable {
  /// Without its terminator.
  package let octets: [UInt8]
  /// What the verb means; nil where it is unknown.
  package let command: Command?
  private let verbEnd: Int

  /// - Parameter line: without its terminator.
  package init(line: [UInt8]) {
    octets = line
    verbEnd = line.firstIndex(of: 32) ?? line.endIndex
    command = Command(verb: line[..<verbEnd])
  }

  /// What stands before the first space, in upper case, escaped, and cut where it is absurdly long;
  /// empty where the line has none.
  package var verb: String { WireText.escaped(octets[..<verbEnd].prefix(64).map(OctetClass.upper)) }

  /// What follows the first space, without trailing spaces: some clients leave them, and servers
  /// should not mind (RFC 5321 section 4.1.1).
  package var argument: [UInt8] {
    var rest = octets[verbEnd...].dropFirst()
    while rest.last == 32 { rest.removeLast() }
    return Array(rest)
  }

  /// Whether anything but spaces follows the verb.
  package var hasArgument: Bool { octets[verbEnd...].contains { $0 != 32 } }
}

/// The verbs that a server may know.
package enum Command: String, Sendable, CaseIterable {
  case ehlo = "EHLO"
  case helo = "HELO"
  case lhlo = "LHLO"
  case mail = "MAIL"
  case rcpt = "RCPT"
  case data = "DATA"
  case bdat = "BDAT"
  case rset = "RSET"
  case noop = "NOOP"
  case quit = "QUIT"
  case vrfy = "VRFY"
  case expn = "EXPN"
  case help = "HELP"
  case etrn = "ETRN"
  case startTLS = "STARTTLS"
  case auth = "AUTH"

  /// Reads a verb in any letter case (RFC 5321 section 2.4).
  package init?(verb: some Collection<UInt8>) {
    guard (4...8).contains(verb.count) else { return nil }
    var key: UInt64 = 0
    for octet in verb { key = key << 8 | UInt64(OctetClass.upper(octet)) }
    // The length tells a verb from the same one behind NULs.
    guard let command = Self.byKey[key], command.rawValue.utf8.count == verb.count else {
      return nil
    }
    self = command
  }

  /// Verbs of at most eight octets, packed into a number each: no string is made for a command.
  private static let byKey: [UInt64: Command] = Dictionary(
    uniqueKeysWithValues: allCases.map { command in
      (command.rawValue.utf8.reduce(0) { $0 << 8 | UInt64($1) }, command)
    })
}

/// The argument of MAIL or RCPT (RFC 5321 sections 4.1.1.2 and 4.1.1.3).
package struct EnvelopeArgument: Sendable, Equatable {
  package let path: MailPath
  package let parameters: [ESMTPParameter]

  /// Reads `FROM:<reverse-path> parameters`.
  ///
  /// - Parameter allowsUTF8: whether addresses and values may hold UTF-8 (RFC 6531 section 3.3).
  package static func mail(_ argument: [UInt8], allowsUTF8: Bool) throws(SyntaxFault) -> Self {
    try read(argument, prefix: "FROM:", allowsNull: true, allowsPostmaster: false, allowsUTF8)
  }

  /// Reads `TO:<forward-path> parameters`; the path may be `<postmaster>`.
  ///
  /// - Parameter allowsUTF8: whether addresses and values may hold UTF-8 (RFC 6531 section 3.3).
  package static func rcpt(_ argument: [UInt8], allowsUTF8: Bool) throws(SyntaxFault) -> Self {
    try read(argument, prefix: "TO:", allowsNull: false, allowsPostmaster: true, allowsUTF8)
  }

  /// The first parameter of a name, which is in upper case.
  package func parameter(_ keyword: String) -> ESMTPParameter? {
    parameters.first { $0.keyword == keyword }
  }

  private static func read(
    _ argument: [UInt8], prefix: String, allowsNull: Bool, allowsPostmaster: Bool,
    _ allowsUTF8: Bool
  ) throws(SyntaxFault) -> Self {
    guard argument.prefix(prefix.utf8.count).map(OctetClass.upper) == Array(prefix.utf8) else {
      throw SyntaxFault(offset: 0, expected: prefix)
    }
    var index = prefix.utf8.count
    let path = try PathParser.path(
      in: argument, at: &index, allowsNull: allowsNull, allowsPostmaster: allowsPostmaster,
      allowsUTF8: allowsUTF8)
    let parameters = try ESMTPParameter.parse(argument, at: index, allowsUTF8: allowsUTF8)
    return Self(path: path, parameters: parameters)
  }
}

/// The argument of BDAT (RFC 3030 section 2).
package struct ChunkArgument: Sendable, Equatable {
  /// Octets of the chunk.
  package let size: Int
  package let isLast: Bool

  /// Reads `size [LAST]`.
  ///
  /// - Throws: the place of a syntax error, or of a size that no `Int` holds.
  package init(_ argument: [UInt8]) throws(SyntaxFault) {
    var cursor = OctetCursor(argument)
    let digits = cursor.take(while: OctetClass.isDigit)
    guard !digits.isEmpty else { throw SyntaxFault(offset: 0, expected: "a chunk size in octets") }
    size = try Self.number(digits)
    if cursor.isAtEnd {
      isLast = false
      return
    }
    guard cursor.take(32) else { throw cursor.fault("a space or the end") }
    cursor.skip(32)
    guard argument[cursor.index...].map(OctetClass.upper) == Array("LAST".utf8) else {
      throw cursor.fault("LAST")
    }
    isLast = true
  }

  private static func number(_ digits: [UInt8]) throws(SyntaxFault) -> Int {
    var value = 0
    for digit in digits {
      let (tens, overflowsTens) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsSum) = tens.addingReportingOverflow(Int(digit - 48))
      guard !overflowsTens, !overflowsSum else {
        throw SyntaxFault(offset: 0, expected: "a chunk size below \(Int.max)")
      }
      value = sum
    }
    return value
  }
}
