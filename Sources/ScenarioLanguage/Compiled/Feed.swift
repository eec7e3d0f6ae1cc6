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

  package init(columns: [String], rows: [[[UInt8]]], order: Order) {
    self.columns = columns
    self.rows = rows
    self.order = order
  }

  package enum Order: String, Sendable, Equatable, CaseIterable {
    /// Row after row, from the first again behind the last.
    case sequential
    /// A seeded random row each time.
    case random
  }
}
