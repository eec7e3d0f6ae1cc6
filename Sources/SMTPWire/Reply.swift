// SPDX-License-Identifier: Apache-2.0
//
// A reply as it was received: its octets, the code that counts, and what was odd about it.

/// One complete reply of a server (RFC 5321 section 4.2), of one or more lines.
package struct Reply: Sendable, Hashable, CustomStringConvertible {
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

  /// The lines in order, as the reader has seen them.
  package var lines: [ReplyLine] {
    octets.withUnsafeBytes { octets in
      var lines: [ReplyLine] = []
      var start = 0
      for index in octets.indices where octets[index] == 10 {
        let isCRLF = index > start && octets[index - 1] == 13
        let content = UnsafeRawBufferPointer(rebasing: octets[start..<(isCRLF ? index - 1 : index)])
        guard
          isCRLF || index + 1 == octets.count
            || Self.isLineEnd(behind: content, isFirst: lines.isEmpty, octets, at: index)
        else { continue }
        lines.append(ReplyLine(octets: Array(content)))
        start = index + 1
      }
      if start < octets.count { lines.append(ReplyLine(octets: Array(octets[start...]))) }
      return lines
    }
  }

  /// Whether a bare LF ends a line that is not the reply's last (see ``ReplyReader``).
  private static func isLineEnd(
    behind content: UnsafeRawBufferPointer, isFirst: Bool, _ octets: UnsafeRawBufferPointer,
    at index: Int
  ) -> Bool {
    ReplyLineHead(content).continues(isFirstLine: isFirst)
      && ReplyLineBeginning(octets, at: index + 1) == .replyLine
  }

  /// The enhanced status code of the last line (RFC 2034 section 3).
  package var enhancedCode: EnhancedCode? { lines.last?.enhancedCode }

  /// The texts of all lines, without codes, joined by line feeds.
  package var text: [UInt8] { Array(lines.map(\.text).joined(separator: [10])) }

  /// All octets, with those that are not printable made visible.
  package var description: String { WireText.escaped(octets) }
}
