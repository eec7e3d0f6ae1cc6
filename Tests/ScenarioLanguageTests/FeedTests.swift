// SPDX-License-Identifier: Apache-2.0
//
// CSV as feeds have it: columns by name, and nothing in a value that would begin another command.

import Foundation
import JSONText
import Testing

@testable import ScenarioLanguage

struct FeedTests {
  private func rows(_ text: String) throws -> [[String]] {
    var reader = CSVReader(Array(text.utf8))
    return try reader.rows().map { row in row.map { String(decoding: $0, as: UTF8.self) } }
  }

  @Test(
    "Rows are taken apart at commas and line ends",
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
      ("a,b\r\n1,2\r\n3,4", [["a", "b"], ["1", "2"], ["3", "4"]]),
      ("a\n\"x,\"\"y\"\"\"\n", [["a"], ["x,\"y\""]]),
      ("a,b\n,\n\n1,\n", [["a", "b"], ["", ""], ["1", ""]]),
      ("\u{FEFF}a\n1\n", [["a"], ["1"]]),
      ("a,b\n\"\",\"2\"\r\n", [["a", "b"], ["", "2"]]),
    ])
  func reads(_ text: String, _ expected: [[String]]) throws {
    #expect(try rows(text) == expected)
  }

  @Test(
    "What is no table is refused with its line",
    arguments: [
      ("", 1, "a line of column names and at least one row are expected"),
      ("a,b\n", 1, "a line of column names and at least one row are expected"),
      ("a,b\n1\n", 2, "has 1 values, not 2"),
      ("a\n1\n2,3\n", 3, "has 2 values, not 1"),
      ("a,a\n1,2\n", 1, "column names are missing or there twice"),
      ("a,\n1,2\n", 1, "column names are missing or there twice"),
      ("a\n\"x\n", 2, "a value holds CR, LF or NUL"),
      ("a\n\"x", 2, "a quote is not closed"),
      ("a\n\"x\"y\n", 2, "text behind a closing quote"),
      ("a\nx\ry\n", 2, "a value holds CR, LF or NUL"),
      ("a\nx\0y\n", 2, "a value holds CR, LF or NUL"),
      ("a\n\"x\r\nRCPT TO:<evil>\"\n", 2, "a value holds CR, LF or NUL"),
    ])
  func refuses(_ text: String, _ line: Int, _ message: String) {
    #expect(throws: CSVReader.Problem(line: line, message: message)) { try rows(text) }
  }

  @Test("Weighted rows come as often as their weights say")
  func weighted() throws {
    let feed = try #require(try Tree.scenario("load/several-recipients.json").feed)
    #expect(feed.order == .weighted && feed.columns == ["domain", "weight"])
    var counts = [0, 0, 0]
    for number in 0..<10_000 { counts[feed.row(at: UInt64(number))] += 1 }
    #expect(counts == [7_000, 2_000, 1_000])
  }

  @Test(
    "Weights that are none are refused with their line",
    arguments: [
      ("to\na@x.test\n", "feed.csv:1: \"weighted\" needs a column \"weight\""),
      ("to,weight\n\na@x.test,1\nb@x.test,0\n", "feed.csv:4: a weight is a number"),
      ("to,weight\na@x.test,much\n", "feed.csv:2: a weight is a number"),
    ])
  func wrongWeights(_ text: String, _ message: String) throws {
    let folder = NSTemporaryDirectory() + "feed-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/feed.csv", atomically: true, encoding: .utf8)
    let scenario = """
      {"title": "T", "feed": {"csv": "feed.csv", "order": "weighted"},
       "transaction": [{"send": "RCPT TO:<${feed.to}>", "expect": "250"}]}
      """
    let value = try JSONReader.read(octets: Array(scenario.utf8), file: "\(folder)/test.json")
    let error = #expect(throws: ScriptError.self) {
      try Scenario.decode(value, file: "\(folder)/test.json")
    }
    #expect(
      error?.problems.first?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test("The columns of a feed can be named, others are unknown")
  func columns() throws {
    let scenario = try Tree.scenario("load/submission.json")
    let feed = try #require(scenario.feed)
    #expect(feed.columns == ["from", "to"])
    #expect(feed.rows.count == 9)
    #expect(feed.order == .random)
    #expect(scenario.references.keys.contains(.live(.feed("to"))))
  }
}
