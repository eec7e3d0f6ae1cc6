// SPDX-License-Identifier: Apache-2.0
//
// Walks over a JSON text token by token and keeps count of line and column. Takes the text as it
// is: whether it is JSON is Jansson's to say.

/// A place in a text that moves forward over white space and tokens.
struct TextWalk {
  private let text: UnsafeBufferPointer<UInt8>
  private(set) var offset = 0
  private(set) var position = SourcePosition(line: 1, column: 1)

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { offset >= text.count }

  /// Moves to the given offset, or to the end of a shorter text.
  mutating func advance(to target: Int) {
    while offset < target, !isAtEnd { step() }
  }

  /// Moves to the next token and says where that is.
  mutating func skipSpace() -> SourcePosition {
    while !isAtEnd, isSpace(text[offset]) { step() }
    return position
  }

  /// Moves behind the token that begins here: a string, a mark of punctuation, or a word.
  ///
  /// A string without its closing quote reaches to the end of the text.
  mutating func skipToken() {
    guard !isAtEnd else { return }
    let first = text[offset]
    step()
    if first == UInt8(ascii: "\"") {
      skipRestOfString()
    } else if !isPunctuation(first) {
      while !isAtEnd, !isSpace(text[offset]), !isPunctuation(text[offset]) { step() }
    }
  }

  private mutating func skipRestOfString() {
    while !isAtEnd {
      let octet = text[offset]
      step()
      if octet == UInt8(ascii: "\"") { return }
      if octet == UInt8(ascii: "\\"), !isAtEnd { step() }
    }
  }

  private mutating func step() {
    let octet = text[offset]
    offset += 1
    if octet == UInt8(ascii: "\n") {
      position = SourcePosition(line: position.line + 1, column: 1)
    } else if octet & 0b1100_0000 != 0b1000_0000 {
      // The octets 10xxxxxx continue a scalar that was counted at its first one.
      position.column += 1
    }
  }

  private func isSpace(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x0A || octet == 0x0D || octet == 0x09
  }

  private func isPunctuation(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "\""):
      true
    default: false
    }
  }
}
