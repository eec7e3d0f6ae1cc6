// SPDX-License-Identifier: Apache-2.0
//
// Places in a text and what is wrong there. Knows no JSON.

/// A place in a text file, as an editor counts it.
package struct SourcePosition: Sendable, Hashable, Comparable {
  /// From 1; lines end in LF.
  package var line: Int
  /// From 1, in Unicode scalars.
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The place of values that were built and not read: line 0.
  package static let none = SourcePosition(line: 0, column: 0)

  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// Why a text is no acceptable JSON, or a value cannot become JSON.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file as its reader named it; empty for values that come from no file.
  package var file: String
  /// The first octet that is wrong: of two equal keys, the second one's.
  package var position: SourcePosition
  package var message: String

  package init(file: String, position: SourcePosition, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }

  /// `file:line:column: message`, without the parts that do not exist.
  package var description: String {
    var place = file.isEmpty ? [] : [file]
    if position != .none { place += ["\(position.line)", "\(position.column)"] }
    return place.isEmpty ? message : place.joined(separator: ":") + ": " + message
  }
}
