// SPDX-License-Identifier: Apache-2.0
//
// The known word that a mistyped one was most likely meant to be.

/// Finds words by similarity.
package enum NearestWord {
  /// Longer words than this are no slips of the finger.
  private static let longest = 64

  /// The nearest of the known words.
  ///
  /// Near means: at most one edit (insertion, deletion, exchange, swap of neighbours) for every
  /// three letters of the longer word, letter case and the choice between `-` and `_` not counted;
  /// or one word begins the other. Nil where nothing is near.
  package static func find(_ word: String, among known: [String]) -> String? {
    let wanted = normalised(word)
    guard !wanted.isEmpty, wanted.count <= longest else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
      let letters = normalised(candidate)
      let distance = distance(wanted, letters)
      let limit = max(1, max(wanted.count, letters.count) / 3)
      if distance <= limit, distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    if let best { return best.word }
    guard wanted.count >= 3 else { return nil }
    return known.first {
      let candidate = normalised($0)
      return candidate.starts(with: wanted)
        || candidate.count >= 3 && wanted.starts(with: candidate)
    }
  }

  private static func normalised(_ word: String) -> [Unicode.Scalar] {
    word.lowercased().unicodeScalars.map { $0 == "_" ? "-" : $0 }
  }

  /// The optimal string alignment distance.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard right.count <= longest else { return .max }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var cost = min(
          last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
