// SPDX-License-Identifier: Apache-2.0
//
// Why messages cannot be made.

/// A content that nobody can send, or files that cannot be read.
package struct ContentError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and, for files, where; one line.
  package var description: String

  package init(_ description: String) { self.description = description }
}
