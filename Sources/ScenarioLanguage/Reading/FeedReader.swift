// SPDX-License-Identifier: Apache-2.0
//
// Reads the CSV file of a feed (RFC 4180): a line of column names, then rows.

import JSONText

extension ScriptReader {
  func feed(_ value: JSONValue?) -> Feed? {
    guard let value, let fields = Fields(value, Vocabulary.feed, diagnosis) else { return nil }
    let order = diagnosis.word(fields["order"], "order", Feed.Order.self) ?? .sequential
    guard let csv = fields.required("csv"), let file = path(csv, "csv") else { return nil }
    do {
      let octets = try WholeFile.read(file, limit: Limits.feedSize)
      var table = CSVReader(octets)
      let rows = try table.rows()
      let columns = rows[0].map { String(decoding: $0, as: UTF8.self) }
      let weights = order == .weighted ? try weights(of: rows, at: table.lines) : []
      return Feed(
        columns: columns, rows: Array(rows.dropFirst()), order: order, weights: weights)
    } catch let problem as CSVReader.Problem {
      diagnosis.note(csv.position, "\(file):\(problem.line): \(problem.message)")
    } catch let problem as FileError {
      diagnosis.note(csv.position, problem.description)
    } catch {
      diagnosis.note(csv.position, "\(file): \(error)")
    }
    return nil
  }

  /// The weights of all rows; a million each at most, so that their sum stays a number.
  ///
  /// - Throws: Where there is no such column, or a weight in it is none.
  private func weights(
    of rows: [[[UInt8]]], at lines: [Int]
  ) throws(CSVReader.Problem) -> [UInt64] {
    guard let column = rows[0].firstIndex(of: Array("weight".utf8)) else {
      throw CSVReader.Problem(line: 1, message: "\"weighted\" needs a column \"weight\"")
    }
    var weights: [UInt64] = []
    for (line, row) in zip(lines, rows).dropFirst() {
      let text = String(decoding: row[column], as: UTF8.self)
      guard let weight = Quantity.wholeNumber(text), (1...1_000_000).contains(weight) else {
        throw CSVReader.Problem(
          line: line,
          message: "a weight is a number from 1 to 1000000, not \"\(Escaped.text(text))\"")
      }
      weights.append(UInt64(weight))
    }
    return weights
  }
}

/// Takes CSV apart.
struct CSVReader {
  struct Problem: Error, Equatable {
    var line: Int
    var message: String
  }

  private let octets: [UInt8]
  private var index = 0
  private var line = 1
  /// Where each row begins.
  private(set) var lines: [Int] = []

  init(_ octets: [UInt8]) { self.octets = octets }

  /// All rows, the names of the columns first.
  ///
  /// - Throws: Where there is no row beside the names, a name is missing or there twice, a row has
  ///   more or fewer values than there are names, a quote is not closed, or a value holds CR, LF or
  ///   NUL, which in a command would begin another one.
  mutating func rows() throws(Problem) -> [[[UInt8]]] {
    if octets.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    var rows: [[[UInt8]]] = []
    while index < octets.count {
      let start = line
      let row = try row()
      if row == [[]] { continue }
      if let columns = rows.first?.count, row.count != columns {
        throw Problem(line: start, message: "has \(row.count) values, not \(columns)")
      }
      rows.append(row)
      lines.append(start)
    }
    guard let names = rows.first, rows.count > 1 else {
      throw Problem(line: 1, message: "a line of column names and at least one row are expected")
    }
    guard Set(names).count == names.count, !names.contains([]) else {
      throw Problem(line: 1, message: "column names are missing or there twice")
    }
    return rows
  }

  private mutating func row() throws(Problem) -> [[UInt8]] {
    var values: [[UInt8]] = []
    while true {
      values.append(try value())
      guard index < octets.count else { return values }
      let mark = octets[index]
      index += 1
      if mark == UInt8(ascii: ",") { continue }
      line += 1
      return values
    }
  }

  /// One value; stops at its comma, its LF or the end.
  private mutating func value() throws(Problem) -> [UInt8] {
    var value: [UInt8] = []
    var isQuoted = index < octets.count && octets[index] == UInt8(ascii: "\"")
    let wasQuoted = isQuoted
    if isQuoted { index += 1 }
    while index < octets.count {
      let octet = octets[index]
      if isQuoted, octet == UInt8(ascii: "\"") {
        index += 1
        if index < octets.count, octets[index] == octet {
          value.append(octet)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      if !isQuoted {
        if octet == UInt8(ascii: ",") || octet == 0x0A { break }
        let endsLine = octet == 0x0D && (index + 1 == octets.count || octets[index + 1] == 0x0A)
        if endsLine {
          index += 1
          continue
        }
        guard !wasQuoted else { throw Problem(line: line, message: "text behind a closing quote") }
      }
      guard octet != 0x0D, octet != 0x0A, octet != 0 else {
        throw Problem(line: line, message: "a value holds CR, LF or NUL")
      }
      value.append(octet)
      index += 1
    }
    if isQuoted { throw Problem(line: line, message: "a quote is not closed") }
    return value
  }
}
