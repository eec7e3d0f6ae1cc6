// SPDX-License-Identifier: Apache-2.0
//
// `relaymark compare`: two or more records side by side. Never touches the network.

import ArgumentParser
import JSONText
import ReportWriters
import RunRecord

/// Compares records.
struct CompareCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Set two or more run folders side by side: ratios of loads, a matrix of checks.")

  @Argument(
    help: ArgumentHelp(
      "Run folders; the first is what others are held against.", valueName: "folder"))
  var folders: [String]

  @Flag(help: "List checks on which all agree too.")
  var all = false

  @Option(help: ArgumentHelp("Write the comparison as a page as well.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "End in 2 where a figure goes beyond a multiple of the first record's, as in transaction.p99>1.1x.",
      valueName: "condition"))
  var failIf: [RatioLimit] = []

  func validate() throws {
    guard (2...26).contains(folders.count) else {
      throw ValidationError("compare takes 2 to 26 run folders")
    }
  }

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    var records: [RunRecord] = []
    for folder in folders { records.append(try ReportCommand.record(in: folder)) }
    let comparison = Comparison(of: records)
    surroundings.console.result(ComparisonText(of: comparison, all: all).text)
    if let html {
      do {
        try WholeFile.write(Array(ComparisonHTML(of: comparison).text.utf8), to: html)
      } catch {
        throw HarnessError(error.description)
      }
    }
    var crossed = false
    for limit in failIf {
      for (index, record) in records.enumerated().dropFirst() {
        guard let base = Comparison.value(of: limit.metric, in: records[0]),
          let value = Comparison.value(of: limit.metric, in: record)
        else {
          throw UsageError("--fail-if \(limit.text): a record has no \"\(limit.metric)\"")
        }
        guard limit.isCrossed(by: value, base: base) else { continue }
        crossed = true
        surroundings.console.note(
          "\(comparison.letters[index]): \(limit.text) holds\n")
      }
    }
    return crossed ? .thresholdCrossed : .passed
  }
}

/// `metric>1.1x` or `metric<0.9x`.
struct RatioLimit: ExpressibleByArgument {
  var text: String
  var metric: String
  private var isUpper: Bool
  private var factor: Double

  init?(argument: String) {
    guard let mark = argument.firstIndex(where: { $0 == ">" || $0 == "<" }),
      argument.hasSuffix("x"),
      let factor = Double(argument[argument.index(after: mark)...].dropLast()), factor > 0,
      factor.isFinite
    else { return nil }
    text = argument
    metric = String(argument[..<mark])
    isUpper = argument[mark] == ">"
    self.factor = factor
  }

  func isCrossed(by value: Double, base: Double) -> Bool {
    isUpper ? value > base * factor : value < base * factor
  }
}
