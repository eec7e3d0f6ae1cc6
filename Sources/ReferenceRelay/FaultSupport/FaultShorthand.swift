// SPDX-License-Identifier: Apache-2.0
//
// What most faults need to look at a command and to answer it, so that each fault is little more
// than what it gets wrong.

extension RelayCommand {
  /// The line as text, invalid UTF-8 repaired.
  var text: String { String(decoding: line, as: UTF8.self) }

  /// Whether the line begins with these words, letter case ignored: `MAIL FROM:<>`.
  func begins(_ words: String) -> Bool {
    let start = line.prefix(words.utf8.count)
    return String(decoding: start, as: UTF8.self).lowercased() == words.lowercased()
  }

  /// Whether these octets stand somewhere in the line, letter case ignored.
  func contains(_ part: String) -> Bool { text.lowercased().contains(part.lowercased()) }

  /// What follows the verb and its space.
  var argument: String {
    String(decoding: line.drop { $0 != UInt8(ascii: " ") }.dropFirst(), as: UTF8.self)
  }
}

extension RelayInterception {
  /// One reply of one line in place of the machine's.
  static func say(_ code: UInt16, _ enhanced: String?, _ text: String) -> Self {
    .answer([RelayReply(code, enhanced, text)])
  }

  /// As above, for replies that carry no enhanced code.
  static func say(_ code: UInt16, _ text: String) -> Self { say(code, nil, text) }
}

extension [UInt8] {
  /// The lines with their ends.
  var lines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var place = 0
    while place < count {
      let end = self[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? count
      lines.append(self[place..<end])
      place = end
    }
    return lines
  }
}

extension RelayCopy {
  /// Changes the text of the field that stands before the content.
  mutating func replaceTrace(_ change: (String) -> String) {
    trace = Array(change(String(decoding: trace, as: UTF8.self)).utf8)
  }
}

extension [RelayReply] {
  /// Gives the first reply another code where it has this one; its enhanced code follows the class.
  mutating func recode(_ code: UInt16, to other: UInt16) {
    guard first?.code == code else { return }
    self[0].code = other
    if other / 100 == 3 { self[0].enhanced = nil }
  }
}
