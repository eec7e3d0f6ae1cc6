// SPDX-License-Identifier: Apache-2.0
//
// Targets in one word: URLs, and the forms that smtp-source takes.

import JSONText

/// Looks a name up in the environment of the process, or of a test.
package typealias Environment = (String) -> String?

extension TargetProfile {
  /// Reads a target as the command line gives it: a URL, `inet:host:port`, `unix:path`, or the path
  /// of a profile.
  ///
  /// - Throws: What is wrong with it. A password in a URL is refused: process lists show it.
  package static func parse(
    _ text: String, environment: Environment = ProcessEnvironment.value
  ) throws(ScriptError) -> TargetProfile {
    if let mark = text.firstRange(of: "://") {
      return try url(text, scheme: String(text[..<mark.lowerBound]), rest: text[mark.upperBound...])
    }
    if text.hasPrefix("inet:") {
      let (host, port) = try hostAndPort(text.dropFirst(5), role: .relay, in: text)
      return TargetProfile(endpoint: .tcp(host: host, port: port), role: .relay)
    }
    if text.hasPrefix("unix:") {
      return TargetProfile(endpoint: try socket(text.dropFirst(5), in: text), role: .relay)
    }
    return try decode(file: text, environment: environment)
  }

  /// The schemes with what they stand for.
  private static let schemes: [(name: String, role: Role)] = [
    ("smtp", .relay), ("submission", .submission), ("submissions", .submissions), ("lmtp", .lmtp),
    ("lmtp+unix", .lmtp),
  ]

  private static func url(
    _ text: String, scheme: String, rest: Substring
  ) throws(ScriptError) -> TargetProfile {
    guard let known = schemes.first(where: { $0.name == scheme.lowercased() }) else {
      throw ScriptError(
        file: text,
        "unknown scheme \"\(Escaped.text(scheme))\"; expected one of \(schemes.map(\.name).joined(separator: ", "))",
        suggestion: NearestWord.find(scheme, among: schemes.map(\.name)))
    }
    if known.name == "lmtp+unix" {
      return TargetProfile(endpoint: try socket(rest, in: text), role: .lmtp)
    }
    if let mark = rest.lastIndex(of: "@") {
      throw ScriptError(
        file: "\(scheme)://…\(rest[mark...])",
        "login data in a URL shows in process lists; write a profile with \"credentials\" that names environment variables"
      )
    }
    var authority = rest
    if authority.hasSuffix("/") { authority = authority.dropLast() }
    guard !authority.contains(where: { "/?#".contains($0) }) else {
      throw ScriptError(
        file: text, "a target URL is scheme://host:port and no more; other settings take a profile")
    }
    let (host, port) = try hostAndPort(authority, role: known.role, in: text)
    return TargetProfile(endpoint: .tcp(host: host, port: port), role: known.role)
  }

  private static func socket(
    _ path: Substring, in text: String
  ) throws(ScriptError) -> Endpoint {
    guard let decoded = percentDecoded(path), !decoded.isEmpty, !decoded.utf8.contains(0) else {
      throw ScriptError(
        file: text, "the path of a unix socket is expected, as in lmtp+unix:///run/lmtp")
    }
    return .unix(path: decoded)
  }

  /// `host`, `host:port`, `[address]` or `[address]:port`.
  private static func hostAndPort(
    _ authority: Substring, role: Role, in text: String
  ) throws(ScriptError) -> (String, Int) {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = authority[authority.index(after: authority.startIndex)..<end]
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw ScriptError(file: text, "after \"]\" a port is expected, as in [::1]:25")
      }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let mark = authority.lastIndex(of: ":") {
      host = authority[..<mark]
      port = authority[authority.index(after: mark)...]
      guard !host.contains(":") else {
        throw ScriptError(file: text, "an IPv6 address stands in brackets, as in [::1]:25")
      }
    }
    let number = port.map { Quantity.wholeNumber($0) } ?? role.port
    guard let number, (1...65_535).contains(number) else {
      throw ScriptError(file: text, "the port is a number from 1 to 65535")
    }
    guard isHost(String(host)) else {
      throw ScriptError(file: text, "a host name or address is expected")
    }
    return (String(host), number)
  }

  /// Letters, digits and what else stands in names and addresses.
  package static func isHost(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 255
      && text.utf8.allSatisfy { octet in
        (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet & 0xDF) || octet >= 0x80
          || "-._:%".utf8.contains(octet)
      }
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == UInt8(ascii: "%") else {
        octets.append(octet)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      octets.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: octets, as: UTF8.self)
  }
}
