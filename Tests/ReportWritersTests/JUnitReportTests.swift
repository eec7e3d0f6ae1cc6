// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import ReportWriters
import RunRecord
import Testing

/// Attributes and element counts of a JUnit document.
private final class JUnitReader: NSObject, XMLParserDelegate {
  var suites: [[String: String]] = []
  var elements: [String: Int] = [:]
  var messages: [String] = []

  init?(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    if name == "testsuite" || name == "testsuites" { suites.append(attributes) }
    if let message = attributes["message"] { messages.append(message) }
  }
}

@Suite struct JUnitReportTests {
  private static func check(_ id: String, _ verdict: String) -> CheckRecord {
    CheckRecord(
      id: id, title: "Title of \(id)", verdict: verdict, expected: "2xx",
      actual: "550 <no> & \u{7}",
      reason: "because", transcriptLines: ["-> NOOP", "<- 550 ]]> \u{1b}[31m"])
  }

  @Test(
    "Each verdict has exactly one outcome",
    arguments: [
      ("pass", [0, 0, 0]), ("info", [0, 0, 0]), ("warn", [0, 0, 0]), ("fail", [1, 0, 0]),
      ("error", [0, 1, 0]), ("skipped", [0, 0, 1]), ("inconclusive", [0, 0, 1]),
    ])
  func outcomes(verdict: String, counts: [Int]) throws {
    var record = Samples.least
    record.checks = [Self.check("rfc5321/a/b", verdict)]
    let reader = try #require(JUnitReader(JUnitReport(of: record).text))
    for suite in reader.suites {
      #expect(suite["tests"] == "1")
      #expect(suite["failures"] == "\(counts[0])")
      #expect(suite["errors"] == "\(counts[1])")
      #expect(suite["skipped"] == "\(counts[2])")
    }
    #expect(reader.elements["failure", default: 0] == counts[0])
    #expect(reader.elements["error", default: 0] == counts[1])
    #expect(reader.elements["skipped", default: 0] == counts[2])
  }

  @Test("Under strict a warning is a failure")
  func strict() throws {
    var record = Samples.least
    record.checks = [Self.check("rfc5321/a/b", "warn")]
    let reader = try #require(JUnitReader(JUnitReport(of: record, strict: true).text))
    #expect(reader.elements["failure"] == 1)
  }

  @Test("Checks of one folder make a suite, and the sums are right")
  func suites() throws {
    var record = Samples.least
    record.checks = [
      Self.check("rfc5321/a/b", "fail"), Self.check("rfc5321/c/d", "pass"),
      Self.check("rfc5321/a/e", "skipped"),
    ]
    let reader = try #require(JUnitReader(JUnitReport(of: record).text))
    #expect(reader.suites.compactMap { $0["name"] }.dropFirst() == ["rfc5321/a", "rfc5321/c"])
    #expect(reader.suites.first?["tests"] == "3")
    #expect(reader.messages.contains("expected 2xx; actual 550 <no> & \u{FFFD}; because"))
  }

  @Test("A load that is not valid is an error, a crossed threshold a failure")
  func load() throws {
    let reader = try #require(JUnitReader(JUnitReport(of: Samples.full).text))
    #expect(reader.elements["error"] == 1)
    // One failed check, one crossed threshold.
    #expect(reader.elements["failure"] == 2)
  }
}
