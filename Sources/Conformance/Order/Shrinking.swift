// SPDX-License-Identifier: Apache-2.0
//
// Makes a sequence that fails as short as it goes, by leaving out parts and trying again.

/// A sequence that fails, and how it was arrived at.
package struct Shrunk<Element: Sendable>: Sendable {
  package var elements: [Element]
  package var tries: Int
  /// Whether nothing can be left out without losing the failure; else the tries were used up.
  package var isMinimal: Bool
}

/// Shrinks sequences.
package enum Shrinking {
  /// Leaves out halves, then quarters, down to single elements, as long as the rest still fails.
  ///
  /// - Parameters:
  ///   - most: tries at most.
  ///   - failure: plays a sequence; the place of the element at which it fails, nil where it does
  ///     not.
  package static func shrink<Element: Sendable>(
    _ elements: [Element], most: Int, failure: ([Element]) async throws -> Int?
  ) async throws -> Shrunk<Element> {
    var result = Shrunk(elements: elements, tries: 0, isMinimal: false)
    var size = max(1, elements.count / 2)
    while true {
      var hasShrunk = false
      var start = 0
      while start < result.elements.count {
        guard result.tries < most else { return result }
        var candidate = result.elements
        candidate.removeSubrange(start..<min(candidate.count, start + size))
        result.tries += 1
        if !candidate.isEmpty, let place = try await failure(candidate) {
          // What stands behind the failure has no part in it.
          result.elements = Array(candidate[...place])
          hasShrunk = true
        } else {
          start += size
        }
      }
      if size > 1 {
        size = max(1, min(size, result.elements.count) / 2)
      } else if !hasShrunk {
        result.isMinimal = true
        return result
      }
    }
  }
}
