// SPDX-License-Identifier: Apache-2.0
//
// What can be refused before parsing: text that is not UTF-8, brackets nested too deep. Jansson
// finds both too, but names neither the octet nor the bracket.

/// One pass over a text in search of the first octet that no parser should see.
struct TextCheck {
  private let text: UnsafeBufferPointer<UInt8>
  private let depthLimit: Int

  init(_ text: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
    self.text = text
    self.depthLimit = depthLimit
  }

  /// Where the text is unacceptable, and why; nil where it may be parsed.
  func firstProblem() -> (offset: Int, message: String)? {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      return (0, "a byte order mark has no place in JSON (RFC 8259, section 8.1)")
    }
    var depth = 0
    var isInString = false
    var isEscaped = false
    var offset = 0
    while offset < text.count {
      let octet = text[offset]
      if octet >= 0x80 {
        let length = scalarLength(at: offset)
        if length == 0 { return (offset, "octet 0x\(hexadecimal(octet)) is not valid UTF-8") }
        offset += length
        isEscaped = false
        continue
      }
      if isEscaped {
        isEscaped = false
      } else if octet == UInt8(ascii: "\"") {
        isInString.toggle()
      } else if isInString {
        isEscaped = octet == UInt8(ascii: "\\")
      } else if octet == UInt8(ascii: "{") || octet == UInt8(ascii: "[") {
        depth += 1
        if depth > depthLimit { return (offset, "nested deeper than \(depthLimit) levels") }
      } else if octet == UInt8(ascii: "}") || octet == UInt8(ascii: "]") {
        depth -= 1
        // Behind the value there is nothing to nest; what stands there is for the parser to refuse.
        if depth <= 0 { depth = .min / 2 }
      }
      offset += 1
    }
    return nil
  }

  /// Octets of the scalar that begins here by the table of RFC 3629, section 4; 0: none does.
  private func scalarLength(at offset: Int) -> Int {
    let second: ClosedRange<UInt8>
    let length: Int
    switch text[offset] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard offset + length <= text.count, second.contains(text[offset + 1]) else { return 0 }
    for index in (offset + 2)..<max(offset + 2, offset + length)
    where !(0x80...0xBF).contains(text[index]) {
      return 0
    }
    return length
  }

  private func hexadecimal(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }
}
