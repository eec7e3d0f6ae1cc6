// SPDX-License-Identifier: Apache-2.0
//
// A command line taken apart: the verb and what stands behind it (RFC 5321 section 4.1.1).

/// A command line.
package struct CommandLine: Sendable, Equatable {
  /// The verb in upper case; empty where the line has none.
  package let verb: String
  /// What follows the first space, without trailing spaces.
  package let argument: [UInt8]
  /// Whether anything, if only spaces, followed the verb.
  package let hasArgument: Bool

  /// - Parameter line: without its terminator.
  package init(line: some Collection<UInt8>) {
    let octets = Array(line)
    let end = octets.firstIndex(of: 32) ?? octets.endIndex
    verb = WireText.escaped(octets[..<end].prefix(64)).uppercased()
    var rest = octets[end...].dropFirst()
    while rest.last == 32 { rest = rest.dropLast() }
    argument = Array(rest)
    hasArgument = !argument.isEmpty
  }

  package var command: Command? { Command(rawValue: verb) }
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
}

/// The argument of MAIL or RCPT.
package struct EnvelopeArgument: Sendable, Equatable {
  package let path: MailPath
  package let parameters: [ESMTPParameter]

  /// Reads `FROM:<reverse-path> parameters`.
  package static func mail(_ argument: [UInt8], allowsUTF8: Bool) throws(SyntaxFault) -> Self {
    try read(argument, prefix: "FROM:", allowsNull: true, allowsPostmaster: false, allowsUTF8)
  }

  /// Reads `TO:<forward-path> parameters`.
  package static func rcpt(_ argument: [UInt8], allowsUTF8: Bool) throws(SyntaxFault) -> Self {
    try read(argument, prefix: "TO:", allowsNull: false, allowsPostmaster: true, allowsUTF8)
  }

  private static func read(
    _ argument: [UInt8], prefix: String, allowsNull: Bool, allowsPostmaster: Bool,
    _ allowsUTF8: Bool
  ) throws(SyntaxFault) -> Self {
    let start = argument.prefix(prefix.utf8.count).map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }
    guard start == Array(prefix.utf8) else { throw SyntaxFault(offset: 0, expected: prefix) }
    var index = prefix.utf8.count
    let path = try PathParser.path(
      in: argument, at: &index, allowsNull: allowsNull, allowsPostmaster: allowsPostmaster,
      allowsUTF8: allowsUTF8)
    return Self(path: path, parameters: try ESMTPParameter.parse(argument, at: index))
  }
}

/// The argument of BDAT (RFC 3030 section 2).
package struct ChunkArgument: Sendable, Equatable {
  /// Octets of the chunk.
  package let size: Int
  package let isLast: Bool

  /// Reads `size [LAST]`; a size beyond 18 digits is refused as no number.
  package init(_ argument: [UInt8]) throws(SyntaxFault) {
    var cursor = OctetCursor(argument)
    let digits = cursor.take(while: OctetClass.isDigit)
    guard !digits.isEmpty, digits.count <= 18 else {
      throw SyntaxFault(offset: 0, expected: "a chunk size in octets")
    }
    size = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    if cursor.isAtEnd {
      isLast = false
      return
    }
    guard cursor.take(32) else { throw cursor.fault("a space") }
    while cursor.take(32) {}
    let word = argument[cursor.index...].map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }
    guard word == Array("LAST".utf8) else { throw cursor.fault("LAST") }
    isLast = true
  }
}
