// SPDX-License-Identifier: Apache-2.0
//
// `run.json` back into a record, so that reports can be rendered again without a new run. A document
// is a file from outside: every member is checked, and the error names its line.

package import JSONText
package import RunRecord

extension RunDocument {
  /// Reads a document.
  ///
  /// - Parameter file: The name under which errors speak of it.
  /// - Throws: `JSONError` at the first member that is missing or has the wrong form.
  package static func record(
    from value: JSONValue, file: String
  ) throws(JSONError) -> RunRecord {
    let fields = Fields(value: value, file: file)
    let schema = try fields.text("schema")
    guard schema == schemaName else {
      throw fields.fault(
        "\"schema\" is \"\(schema)\"; this version of Relaymark reads \"\(schemaName)\"",
        at: value["schema"])
    }
    var record = RunRecord(
      tool: try tool(from: fields.object("tool")),
      target: try target(from: fields.object("target")),
      scenario: try scenario(from: fields.object("scenario")),
      started: try fields.text("started"), duration: try fields.number("duration_s"),
      valid: try fields.flag("valid"), invalidReason: try fields.optionalText("invalid_reason"),
      interrupted: try fields.flag("interrupted"), exit: try fields.integer("exit"))
    for element in try fields.list("checks") {
      record.checks.append(try check(from: Fields(value: element, file: file)))
    }
    if fields.has("certificate") {
      record.certificate = try certificate(from: fields.object("certificate"))
    }
    if fields.has("load") { record.load = try load(from: fields.object("load")) }
    if fields.has("reuse") { record.reuse = try reuse(from: fields.object("reuse")) }
    for element in try fields.list("thresholds") {
      record.thresholds.append(try threshold(from: Fields(value: element, file: file)))
    }
    return record
  }

  /// Reads the document in a file.
  ///
  /// - Throws: `JSONError` with the place of whatever is wrong with it.
  package static func record(file path: String) throws(JSONError) -> RunRecord {
    try record(from: JSONReader.read(file: path, limits: .record), file: path)
  }

  private static func tool(from fields: Fields) throws(JSONError) -> ToolFacts {
    guard let seed = UInt64(try fields.text("seed")) else {
      throw fields.fault("\"seed\" must be a whole number in a string", at: fields.value["seed"])
    }
    return ToolFacts(
      name: try fields.text("name"), version: try fields.text("version"),
      command: try fields.texts("command"), seed: seed)
  }

  private static func scenario(from fields: Fields) throws(JSONError) -> ScenarioFacts {
    ScenarioFacts(id: try fields.text("id"), title: try fields.text("title"))
  }

  private static func target(from fields: Fields) throws(JSONError) -> TargetFacts {
    var target = TargetFacts(
      name: try fields.text("name"), host: try fields.text("host"),
      port: try fields.integer("port"), role: try fields.text("role"),
      greeting: try fields.optionalText("greeting"),
      capabilities: try fields.texts("capabilities"))
    if fields.has("tls") { target.tls = try tls(from: fields.object("tls")) }
    return target
  }

  static func tls(from fields: Fields) throws(JSONError) -> TLSRecord {
    TLSRecord(
      version: try fields.text("version"), cipher: try fields.text("cipher"),
      group: try fields.optionalText("group"), resumed: try fields.flag("resumed"),
      subject: try fields.optionalText("subject"), issuer: try fields.optionalText("issuer"),
      names: try fields.texts("names"), notBefore: try fields.optionalText("not_before"),
      notAfter: try fields.optionalText("not_after"),
      verification: try fields.text("verification"))
  }

  private static func check(from fields: Fields) throws(JSONError) -> CheckRecord {
    var check = CheckRecord(
      id: try fields.text("id"), title: try fields.text("title"),
      verdict: try fields.text("verdict"), requirements: try fields.texts("requirements"),
      expected: try fields.optionalText("expected"), actual: try fields.optionalText("actual"),
      severity: try fields.optionalText("severity"), reason: try fields.optionalText("reason"),
      transcript: try fields.optionalText("transcript"),
      transcriptLines: try fields.texts("transcript_lines"), reached: try fields.flag("reached"),
      duration: try fields.number("duration_s"))
    check.role = try fields.optionalText("role")
    check.gate = try fields.optionalText("gate")
    check.waiver = try fields.optionalText("waiver")
    check.measured = try fields.map("measured") { (value: JSONValue) throws(JSONError) -> String in
      guard case .string(let text) = value.content else {
        throw fields.fault("\"measured\" must hold strings", at: value)
      }
      return text
    }
    return check
  }

  private static func threshold(from fields: Fields) throws(JSONError) -> ThresholdRecord {
    ThresholdRecord(
      metric: try fields.text("metric"), limit: try fields.text("limit"),
      measured: try fields.text("measured"), holds: try fields.flag("holds"))
  }
}
