// SPDX-License-Identifier: Apache-2.0
//
// A reply as it was received: its octets, the code that counts, and what was odd about it.

/// One complete reply of a server (RFC 5321 section 4.2), of one or more lines.
package struct Reply: Sendable, Hashable {
  /// The code of the last line, which is the one to act on; 0 where none could be read.
  package let code: UInt16
  /// All lines as received, terminators included.
  package let octets: [UInt8]
  package let observations: ReplyObservations

  package init(code: UInt16, octets: [UInt8], observations: ReplyObservations = []) {
    self.code = code
    self.octets = octets
    self.observations = observations
  }

  /// The lines in order.
  package var lines: [ReplyLine] {
    var lines: [ReplyLine] = []
    var start = 0
    var index = 0
    while index < octets.count {
      if octets[index] == 10, index > start, octets[index - 1] == 13 {
        lines.append(ReplyLine(octets: Array(octets[start..<(index - 1)])))
        start = index + 1
      }
      index += 1
    }
    if start < octets.count {
      let end = octets.last == 10 ? octets.count - 1 : octets.count
      lines.append(ReplyLine(octets: Array(octets[start..<end])))
    }
    return lines
  }

  /// The enhanced status code of the last line (RFC 2034 section 3).
  package var enhancedCode: EnhancedCode? { lines.last?.enhancedCode }

  /// The texts of all lines, without codes, joined by line feeds.
  package var text: [UInt8] { Array(lines.map(\.text).joined(separator: [10])) }
}
