// SPDX-License-Identifier: Apache-2.0
//
// `run.json`: a run record as a JSON document and back. The form is published as
// `Reports/run.schema.json`; the tests hold what is written here against it.

package import JSONText
package import RunRecord

/// The JSON form of a `RunRecord`.
package enum RunDocument {
  /// Value of the member `schema`; its number is `RunRecord.schemaVersion`.
  package static let schemaName = "relaymark/run/\(RunRecord.schemaVersion)"

  /// The document as text, indented, with a newline at its end.
  ///
  /// - Throws: `JSONError` where a text in the record cannot be written as JSON.
  package static func text(of record: RunRecord) throws(JSONError) -> [UInt8] {
    var octets = try JSONWriter.text(value(of: record), indent: 2)
    if octets.last != UInt8(ascii: "\n") { octets.append(UInt8(ascii: "\n")) }
    return octets
  }

  /// The document as a value.
  package static func value(of record: RunRecord) -> JSONValue {
    var members = Members()
    members.add("schema", schemaName)
    members.add("tool", value(of: record.tool))
    members.add("target", value(of: record.target))
    members.add("scenario", value(of: record.scenario))
    members.add("started", record.started)
    members.add("duration_s", record.duration)
    members.add("valid", record.valid)
    members.add("invalid_reason", record.invalidReason)
    members.add("interrupted", record.interrupted)
    members.add("checks", .array(record.checks.map(value(of:))))
    members.add("certificate", record.certificate.map(value(of:)))
    members.add("load", record.load.map(value(of:)))
    members.add("reuse", record.reuse.map(value(of:)))
    members.add("thresholds", .array(record.thresholds.map(value(of:))))
    members.add("exit", record.exit)
    return members.value
  }

  private static func value(of tool: ToolFacts) -> JSONValue {
    var members = Members()
    members.add("name", tool.name)
    members.add("version", tool.version)
    members.add("command", tool.command)
    // A string: most readers of JSON keep only 53 bits of a number.
    members.add("seed", String(tool.seed))
    return members.value
  }

  private static func value(of scenario: ScenarioFacts) -> JSONValue {
    var members = Members()
    members.add("id", scenario.id)
    members.add("title", scenario.title)
    return members.value
  }

  private static func value(of target: TargetFacts) -> JSONValue {
    var members = Members()
    members.add("name", target.name)
    members.add("host", target.host)
    members.add("port", target.port)
    members.add("role", target.role)
    members.add("greeting", target.greeting)
    members.add("capabilities", target.capabilities)
    members.add("tls", target.tls.map(value(of:)))
    return members.value
  }

  static func value(of tls: TLSRecord) -> JSONValue {
    var members = Members()
    members.add("version", tls.version)
    members.add("cipher", tls.cipher)
    members.add("group", tls.group)
    members.add("resumed", tls.resumed)
    members.add("subject", tls.subject)
    members.add("issuer", tls.issuer)
    members.add("names", tls.names)
    members.add("not_before", tls.notBefore)
    members.add("not_after", tls.notAfter)
    members.add("verification", tls.verification)
    return members.value
  }

  private static func value(of check: CheckRecord) -> JSONValue {
    var members = Members()
    members.add("id", check.id)
    members.add("role", check.role)
    members.add("gate", check.gate)
    members.add("title", check.title)
    members.add("verdict", check.verdict)
    members.add("requirements", check.requirements)
    members.add("expected", check.expected)
    members.add("actual", check.actual)
    members.add("severity", check.severity)
    members.add("reason", check.reason)
    members.add("waiver", check.waiver)
    members.add("transcript", check.transcript)
    members.add("transcript_lines", check.transcriptLines)
    members.add("reached", check.reached)
    members.add("duration_s", check.duration)
    members.add("measured", check.measured) { .string($0) }
    return members.value
  }

  private static func value(of threshold: ThresholdRecord) -> JSONValue {
    var members = Members()
    members.add("metric", threshold.metric)
    members.add("limit", threshold.limit)
    members.add("measured", threshold.measured)
    members.add("holds", threshold.holds)
    return members.value
  }
}
