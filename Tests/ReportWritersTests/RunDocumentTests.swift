// SPDX-License-Identifier: Apache-2.0
//
// Proves that `run.json` says all that a record holds, obeys its published schema, and that a
// damaged document is refused with the place of the damage.

import JSONText
import ReportWriters
import RunRecord
import Testing

@Suite struct RunDocumentTests {
  static let schemaPath = "Reports/run.schema.json"

  @Test("A record survives the way through its document", arguments: [Samples.least, Samples.full])
  func survives(record: RunRecord) throws {
    let text = try RunDocument.text(of: record)
    #expect(text.last == UInt8(ascii: "\n"))
    let value = try JSONReader.read(octets: text, file: "run.json")
    #expect(try RunDocument.record(from: value, file: "run.json") == record)
  }

  @Test("Documents obey the published schema", arguments: [Samples.least, Samples.full])
  func obeysSchema(record: RunRecord) throws {
    let schema = try JSONSchema(JSONReader.read(file: Self.schemaPath), file: Self.schemaPath)
    let named = TranscriptFiles.named(record)
    let value = try JSONReader.read(octets: RunDocument.text(of: named), file: "run.json")
    let violations = schema.violations(of: value)
    #expect(violations.isEmpty, "\(violations)")
  }

  @Test("The schema refuses a document with a member that nobody knows")
  func schemaIsStrict() throws {
    let schema = try JSONSchema(JSONReader.read(file: Self.schemaPath), file: Self.schemaPath)
    var value = RunDocument.value(of: Samples.least)
    guard case .object(var members) = value.content else { Issue.record("no object"); return }
    members.append(JSONValue.Member(key: "extra", value: .null))
    value.content = .object(members)
    #expect(!schema.violations(of: value).isEmpty)
  }

  @Test(
    "A damaged document is refused with its place",
    arguments: [
      ("\"exit\": 0", "\"exit\": \"0\"", "\"exit\" must be a whole number"),
      ("\"relaymark/run/1\"", "\"relaymark/run/99\"", "this version of Relaymark reads"),
      ("\"seed\": \"1\"", "\"seed\": \"-1\"", "\"seed\" must be a whole number"),
      ("\"valid\": true", "\"valid\": 1", "\"valid\" must be true or false"),
      ("\"started\"", "\"startled\"", "missing \"started\""),
      ("\"checks\": []", "\"checks\": {}", "\"checks\" must be an array"),
    ])
  func refusesDamage(from: String, to: String, message: String) throws {
    let whole = String(decoding: try RunDocument.text(of: Samples.least), as: UTF8.self)
    let parts = whole.split(separator: from, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(from) is not in the document")
    let damaged = parts.joined(separator: to)
    let error = #expect(throws: JSONError.self) {
      let value = try JSONReader.read(octets: Array(damaged.utf8), file: "run.json")
      _ = try RunDocument.record(from: value, file: "run.json")
    }
    let text = try #require(error).description
    #expect(text.contains(message), "\(text)")
    #expect(text.hasPrefix("run.json:"), "\(text)")
  }

  @Test("Numbers that JSON cannot say become zero", arguments: [Double.infinity, .nan])
  func harmlessNumbers(number: Double) throws {
    var record = Samples.least
    record.duration = number
    let value = try JSONReader.read(octets: RunDocument.text(of: record), file: "run.json")
    #expect(try RunDocument.record(from: value, file: "run.json").duration == 0)
  }
}
