// SPDX-License-Identifier: Apache-2.0
//
// The header section of a message as octets: where its fields lie, and which message the mark in it
// names. Reads what peers send, so it takes anything.

import MailContent

/// The fields of a header section, folded lines with them.
struct MailHeader {
  /// One field with all its lines.
  struct Field {
    /// In lower case; empty where a line is no field.
    var name: String
    var octets: ArraySlice<UInt8>
  }

  private(set) var fields: [Field] = []
  /// The header section without the empty line behind it.
  private(set) var octets: ArraySlice<UInt8>

  /// More fields than any honest message has; what follows is left unread.
  private static let most = 1_000

  init(of message: [UInt8]) {
    var place = 0
    while place < message.count, fields.count < Self.most {
      let end = message[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? message.count
      let line = message[place..<end]
      if line.first == 0x0D || line.first == 0x0A { break }
      let isFolded = line.first == 0x20 || line.first == 0x09
      if isFolded, let last = fields.indices.last {
        fields[last].octets = message[fields[last].octets.startIndex..<end]
      } else {
        fields.append(Field(name: Self.name(of: line), octets: line))
      }
      place = end
    }
    octets = message[..<place]
  }

  private static func name(of line: ArraySlice<UInt8>) -> String {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return "" }
    return String(decoding: line[..<colon], as: UTF8.self).lowercased()
  }

  /// Run and number in the mark, or in the Message-ID where that is what is left of it.
  var mark: (run: String, message: Int)? {
    let run = value(of: IntegrityMark.run)
    let number = value(of: IntegrityMark.message).flatMap { Int($0) }
    if let run, let number { return (run, number) }
    // `<run.session.message@domain>`
    guard let id = value(of: "Message-ID"), let end = id.firstIndex(of: "@") else { return nil }
    let parts = id[..<end].drop { $0 == "<" }.split(separator: ".")
    guard parts.count >= 3, let last = parts.last, let message = Int(last) else { return nil }
    return (parts.dropLast(2).joined(separator: "."), message)
  }

  private func value(of name: String) -> String? {
    let lower = name.lowercased()
    guard let field = fields.first(where: { $0.name == lower }) else { return nil }
    return String(decoding: field.octets.dropFirst(name.utf8.count + 1), as: UTF8.self)
      .trimming(where: { $0.isWhitespace })
  }
}

extension String {
  fileprivate func trimming(where isBlank: (Character) -> Bool) -> String {
    var text = self[...].drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
