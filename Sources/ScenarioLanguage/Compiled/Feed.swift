// SPDX-License-Identifier: Apache-2.0
//
// Rows of a CSV file from which load takes addresses and other values.

/// A table that `${feed.column}` draws from, one row a transaction.
package struct Feed: Sendable, Equatable {
  /// The names in the first line of the file.
  package var columns: [String]
  /// Every row has a value for every column; none holds CR, LF or NUL.
  package var rows: [[[UInt8]]]
  package var order: Order
  /// For `weighted`: the sum of the weights up to and with each row.
  private let sums: [UInt64]

  /// Makes a feed.
  ///
  /// - Parameter weights: One for each row, for `weighted`; without them all rows weigh the same.
  package init(
    columns: [String], rows: [[[UInt8]]], order: Order, weights: [UInt64] = []
  ) {
    self.columns = columns
    self.rows = rows
    self.order = order
    var sum: UInt64 = 0
    sums = weights.map { weight in
      sum += weight
      return sum
    }
  }

  /// The row to which a random number leads.
  ///
  /// - Parameter random: Any number; every value as likely as another.
  package func row(at random: UInt64) -> Int {
    guard order == .weighted, let total = sums.last, total > 0 else {
      return Int(random % UInt64(rows.count))
    }
    let mark = random % total
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if mark < sums[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  package enum Order: String, Sendable, Equatable, CaseIterable {
    /// Row after row, from the first again behind the last.
    case sequential
    /// A seeded random row each time.
    case random
    /// The same, each row as often as its column `weight` says.
    case weighted
  }
}
