// SPDX-License-Identifier: Apache-2.0
//
// Takes the strings of a script apart: references, `$${` for a plain `${`, and in exact octets
// `\xNN`. Refuses control characters where a line is expected, for they would inject commands.

import JSONText

/// The names that a string may refer to at its place.
struct Scope {
  /// The columns of the feed; empty without one.
  var columns: [String] = []
  /// Values captured by earlier steps.
  var captures: Set<String> = []
  /// Whether a message follows, whose size is known then.
  var hasMessage = false
}

/// What a string is for, and so what may stand in it.
enum TextForm {
  /// A command line: CRLF is added, so neither CR nor LF nor NUL may stand inside.
  case line
  /// Exact octets: `\xNN` is one octet, `\\` a backslash.
  case octets
  /// A value that has to be known before the run, in one line.
  case fixed
  /// Exact octets that have to be known before the run.
  case fixedOctets

  var isExact: Bool { self == .octets || self == .fixedOctets }
  var isFixed: Bool { self == .fixed || self == .fixedOctets }
}

extension ScriptReader {
  /// The names of plain variables, with what they stand for.
  static let plainNames: [(name: String, reference: Reference)] =
    AddressName.allCases.map { ($0.rawValue, .address($0)) } + [
      ("host", .host), ("client", .client), ("run", .run),
      ("session", .live(.session)), ("message", .live(.message)),
      ("message.size", .live(.messageSize)),
    ] + CredentialName.allCases.map { ("credentials.\($0.rawValue)", .credential($0)) }

  /// Variables that take something behind a mark, as documentation shows them.
  static let markedNames = [
    "source.1", "feed.column", "random:8", "fill:64", "env:NAME", "recipient.local",
    "recipient.domain", "upper:domain", "base64:TEXT",
  ]

  func text(_ value: JSONValue?, _ what: String, _ form: TextForm) -> ScriptText? {
    guard let value, let string = diagnosis.string(value, what) else { return nil }
    return text(string, at: value.position, what, form)
  }

  func text(
    _ string: String, at position: SourcePosition, _ what: String, _ form: TextForm
  ) -> ScriptText? {
    var pieces: [ScriptText.Piece] = []
    var octets: [UInt8] = []
    var rest = Array(string.utf8)[...]
    while let next = rest.first {
      if rest.starts(with: "$${".utf8) {
        octets += Array("${".utf8)
        rest = rest.dropFirst(3)
      } else if rest.starts(with: Self.base64Mark) {
        guard let inside = base64(&rest, at: position, what) else { return nil }
        if !octets.isEmpty { pieces.append(.octets(octets)) }
        octets = []
        pieces.append(.base64(inside))
      } else if rest.starts(with: "${".utf8) {
        guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
          diagnosis.note(
            position, "\"\(what)\": \"${\" without \"}\"; write \"$${\" for a plain \"${\"")
          return nil
        }
        let name = String(decoding: rest[(rest.startIndex + 2)..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        if let filling = filling(name, at: position) {
          octets += filling
        } else if let reference = reference(name, at: position, form) {
          if !octets.isEmpty { pieces.append(.octets(octets)) }
          octets = []
          pieces.append(.reference(reference))
        } else {
          return nil
        }
      } else if form.isExact, next == UInt8(ascii: "\\") {
        guard let octet = escape(&rest) else {
          diagnosis.note(
            position,
            "\"\(what)\": a backslash begins \"\\\\xNN\" or stands as \"\\\\\\\\\" for itself")
          return nil
        }
        octets.append(octet)
      } else {
        octets.append(next)
        rest = rest.dropFirst()
      }
    }
    if !octets.isEmpty { pieces.append(.octets(octets)) }
    let text = ScriptText(pieces: pieces, position: position)
    return holdsLine(text, what, form) ? text : nil
  }

  private static let base64Mark = Array("${base64:".utf8)

  /// What stands between `${base64:` and its `}`: exact octets, with references of their own.
  private func base64(
    _ rest: inout ArraySlice<UInt8>, at position: SourcePosition, _ what: String
  ) -> [ScriptText.Piece]? {
    let start = rest.startIndex + Self.base64Mark.count
    var depth = 1
    var end = start
    while end < rest.endIndex {
      if rest[end] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { break }
      if rest[end...].starts(with: "${".utf8) { depth += 1 }
      end += 1
    }
    guard end < rest.endIndex else {
      diagnosis.note(position, "\"\(what)\": \"${base64:\" without \"}\"")
      return nil
    }
    let inside = String(decoding: rest[start..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    return text(inside, at: position, what, .fixedOctets)?.pieces
  }

  /// `\xNN` or `\\`; nil for anything else.
  private func escape(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
    let following = rest.dropFirst()
    if following.first == UInt8(ascii: "\\") {
      rest = following.dropFirst()
      return UInt8(ascii: "\\")
    }
    let digits = following.dropFirst().prefix(2)
    guard following.first == UInt8(ascii: "x"), digits.count == 2,
      digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let octet = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    rest = following.dropFirst(3)
    return octet
  }

  /// A line with a line end inside would be two commands.
  private func holdsLine(_ text: ScriptText, _ what: String, _ form: TextForm) -> Bool {
    guard !form.isExact else { return true }
    for case .octets(let octets) in text.pieces {
      guard let control = octets.first(where: { [0x0D, 0x0A, 0x00].contains($0) }) else { continue }
      let name = control == 0x0D ? "CR" : control == 0x0A ? "LF" : "NUL"
      let cure = what == "send" ? "; CRLF is added by itself, exact octets take \"write\"" : ""
      diagnosis.note(text.position, "\"\(what)\" is one line and cannot hold \(name)\(cure)")
      return false
    }
    return true
  }

  /// The octets of `fill:COUNT` or `fill:COUNT:TEXT`; nil where the name is another.
  private func filling(_ name: String, at position: SourcePosition) -> [UInt8]? {
    let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.first == "fill" else { return nil }
    let pattern = parts.count == 3 ? Array(parts[2].utf8) : [UInt8(ascii: "x")]
    guard parts.count >= 2, let count = Quantity.wholeNumber(parts[1]), !pattern.isEmpty else {
      diagnosis.note(
        position, "\"${\(Escaped.text(name))}\" takes a count and a text, as in \"${fill:64:ab}\"")
      return []
    }
    let (total, overflow) = count.multipliedReportingOverflow(by: pattern.count)
    guard !overflow, total <= Limits.filling - filled else {
      diagnosis.note(
        position, "\"${fill:…}\" adds more than \(Limits.filling) octets to the scenario")
      return []
    }
    filled += total
    var octets: [UInt8] = []
    octets.reserveCapacity(total)
    for _ in 0..<count { octets += pattern }
    return octets
  }

  /// What a name stands for; an unknown or unfitting one is noted.
  private func reference(
    _ name: String, at position: SourcePosition, _ form: TextForm
  ) -> Reference? {
    guard let reference = lookUp(name, at: position) else { return nil }
    if case .live(let variable) = reference {
      guard !form.isFixed else {
        diagnosis.note(
          position, "\"${\(name)}\" is known only while a session runs and cannot stand here")
        return nil
      }
      if variable == .messageSize, !scope.hasMessage {
        diagnosis.note(position, "\"${message.size}\" needs a message or bdat step that follows")
        return nil
      }
    }
    if case .credential = reference { needsCredentials = true }
    var used = reference
    if case .part(let part) = reference { used = .address(part.name) }
    if references[used] == nil { references[used] = position }
    return reference
  }

  private func lookUp(_ name: String, at position: SourcePosition) -> Reference? {
    if scope.captures.contains(name) { return .live(.captured(name)) }
    if let plain = Self.plainNames.first(where: { $0.name == name }) { return plain.reference }
    if let part = AddressPart(name) { return .part(part) }
    if let mark = name.firstIndex(where: { $0 == "." || $0 == ":" }) {
      let argument = String(name[name.index(after: mark)...])
      switch name[...mark] {
      case "source.": return source(argument, at: position)
      case "random:": return random(argument, at: position)
      case "feed.": return column(argument, at: position)
      case "env:": return environment(argument, at: position)
      default: break
      }
    }
    let known =
      Self.plainNames.map(\.name) + Self.markedNames.filter { $0 != "feed.column" }
      + scope.columns.map { "feed.\($0)" } + scope.captures.sorted()
    diagnosis.noteUnknown("variable", name, at: position, among: known)
    return nil
  }

  private func source(_ argument: String, at position: SourcePosition) -> Reference? {
    if let number = Quantity.wholeNumber(argument), (1...256).contains(number) {
      return .source(number)
    }
    diagnosis.note(
      position, "\"${source.…}\" takes the number of a source address, as in \"${source.1}\"")
    return nil
  }

  private func random(_ argument: String, at position: SourcePosition) -> Reference? {
    if let count = Quantity.wholeNumber(argument), (1...1_000).contains(count) {
      return .live(.random(count))
    }
    diagnosis.note(position, "\"${random:…}\" takes a length from 1 to 1000")
    return nil
  }

  private func column(_ argument: String, at position: SourcePosition) -> Reference? {
    if scope.columns.contains(argument) { return .live(.feed(argument)) }
    if scope.columns.isEmpty {
      diagnosis.note(position, "\"${feed.\(argument)}\" needs a \"feed\" with that column")
    } else {
      diagnosis.noteUnknown("column of the feed", argument, at: position, among: scope.columns)
    }
    return nil
  }

  private func environment(_ argument: String, at position: SourcePosition) -> Reference? {
    let isName = argument.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x5F
    }
    if !argument.isEmpty, isName { return .environment(argument) }
    diagnosis.note(
      position, "\"${env:…}\" takes the name of an environment variable, as in \"${env:TOKEN}\"")
    return nil
  }
}
