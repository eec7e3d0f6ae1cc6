// SPDX-License-Identifier: Apache-2.0
//
// The way from the root of a JSON value to one of its nodes.

/// A JSON pointer (RFC 6901), `/checks/0/id`.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// Keys and indices from the root, unescaped.
  package var tokens: [String]

  package init(_ tokens: [String] = []) { self.tokens = tokens }

  /// How many steps below the root.
  package var depth: Int { tokens.count }

  package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

  /// With `~` and `/` in keys escaped; `(root)` for the root, whose pointer is the empty text.
  package var description: String {
    tokens.isEmpty ? "(root)" : tokens.map { "/" + escaped($0) }.joined()
  }

  private func escaped(_ token: String) -> String {
    token.reduce(into: "") { text, character in
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.append(character)
      }
    }
  }
}
