// SPDX-License-Identifier: Apache-2.0
//
// The part of `run.json` that only certifications have, in both directions.

import JSONText
import RunRecord

extension RunDocument {
  static func value(of certificate: CertificateRecord) -> JSONValue {
    var members = Members()
    members.add("gates", .array(certificate.gates.map(value(of:))))
    members.add("waivers", .array(certificate.waivers.map(value(of:))))
    members.add("shut_out", certificate.shutOut)
    members.add("requirements", .array(certificate.requirements.map(value(of:))))
    return members.value
  }

  private static func value(of requirement: RequirementRecord) -> JSONValue {
    var members = Members()
    members.add("id", requirement.id)
    members.add("rfc", requirement.rfc)
    members.add("section", requirement.section)
    members.add("level", requirement.level)
    members.add("title", requirement.title)
    return members.value
  }

  private static func value(of gate: GateRecord) -> JSONValue {
    var members = Members()
    members.add("role", gate.role)
    members.add("gate", gate.gate)
    members.add("obstacle", gate.obstacle)
    members.add("greeting", gate.greeting)
    members.add("capabilities", gate.capabilities)
    members.add("tls", gate.tls.map(value(of:)))
    members.add(
      "timings",
      .array(
        gate.timings.map { timing in
          var members = Members()
          members.add("name", timing.name)
          members.add("text", timing.text)
          return members.value
        }))
    return members.value
  }

  private static func value(of waiver: WaiverRecord) -> JSONValue {
    var members = Members()
    members.add("check", waiver.check)
    members.add("role", waiver.role)
    members.add("gate", waiver.gate)
    members.add("verdicts", waiver.verdicts)
    members.add("reason", waiver.reason)
    members.add("place", waiver.place)
    members.add("state", waiver.state.rawValue)
    members.add("count", waiver.count)
    return members.value
  }

  // MARK: Reading

  static func certificate(from fields: Fields) throws(JSONError) -> CertificateRecord {
    var certificate = CertificateRecord(shutOut: try fields.texts("shut_out"))
    for element in try fields.list("gates") {
      certificate.gates.append(try gate(from: Fields(value: element, file: fields.file)))
    }
    for element in try fields.list("waivers") {
      certificate.waivers.append(try waiver(from: Fields(value: element, file: fields.file)))
    }
    for element in try fields.list("requirements") {
      let entry = Fields(value: element, file: fields.file)
      certificate.requirements.append(
        RequirementRecord(
          id: try entry.text("id"), rfc: try entry.integer("rfc"),
          section: try entry.text("section"), level: try entry.text("level"),
          title: try entry.text("title")))
    }
    return certificate
  }

  private static func gate(from fields: Fields) throws(JSONError) -> GateRecord {
    var gate = GateRecord(
      role: try fields.text("role"), gate: try fields.text("gate"),
      obstacle: try fields.optionalText("obstacle"), greeting: try fields.optionalText("greeting"),
      capabilities: try fields.texts("capabilities"))
    if fields.has("tls") { gate.tls = try tls(from: fields.object("tls")) }
    for element in try fields.list("timings") {
      let entry = Fields(value: element, file: fields.file)
      gate.timings.append(
        GateRecord.Timing(name: try entry.text("name"), text: try entry.text("text")))
    }
    return gate
  }

  private static func waiver(from fields: Fields) throws(JSONError) -> WaiverRecord {
    let word = try fields.text("state")
    guard let state = WaiverRecord.State(rawValue: word) else {
      throw fields.fault(
        "\"state\" must be applied, stale or unused", at: fields.value["state"])
    }
    return WaiverRecord(
      check: try fields.text("check"), role: try fields.optionalText("role"),
      gate: try fields.optionalText("gate"), verdicts: try fields.texts("verdicts"),
      reason: try fields.text("reason"), place: try fields.text("place"), state: state,
      count: try fields.integer("count"))
  }
}
