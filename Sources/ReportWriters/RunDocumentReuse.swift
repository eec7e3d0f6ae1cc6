// SPDX-License-Identifier: Apache-2.0
//
// The member `reuse` of `run.json`: what a study of connection reuse found, written and read.

import JSONText
import RunRecord

extension RunDocument {
  static func value(of reuse: ReuseRecord) -> JSONValue {
    var limit = Members()
    limit.add("accepted", reuse.limit.accepted)
    limit.add("ending", reuse.limit.ending.rawValue)
    limit.add("stage", reuse.limit.stage)
    limit.add("reply", reuse.limit.reply)
    limit.add("bound", reuse.limit.bound)
    var members = Members()
    members.add("limit", limit.value)
    members.add("ways", .array(reuse.ways.map(value(of:))))
    return members.value
  }

  private static func value(of way: ReuseRecord.Way) -> JSONValue {
    var members = Members()
    members.add("kind", way.kind.rawValue)
    members.add("messages", value(of: way.messages))
    members.add("connections", value(of: way.connections))
    members.add("per_connection", way.perConnection)
    members.add("measured_s", way.measured)
    members.add("messages_per_s", way.throughput)
    members.add("transaction", way.transaction.map(value(of:)))
    members.add("session", way.session.map(value(of:)))
    members.add("cpu_us_per_message", way.cpuPerMessage)
    return members.value
  }

  static func reuse(from fields: Fields) throws(JSONError) -> ReuseRecord {
    let limit = try fields.object("limit")
    guard let ending = ConnectionLimit.Ending(rawValue: try limit.text("ending")) else {
      throw limit.fault("\"ending\" is none of the known ones")
    }
    var reuse = ReuseRecord(
      limit: ConnectionLimit(
        accepted: try limit.integer("accepted"), ending: ending,
        stage: try limit.optionalText("stage"), reply: try limit.optionalText("reply"),
        bound: try limit.integer("bound")), ways: [])
    for entry in try fields.list("ways") {
      reuse.ways.append(try way(from: Fields(value: entry, file: fields.file)))
    }
    return reuse
  }

  private static func way(from fields: Fields) throws(JSONError) -> ReuseRecord.Way {
    guard let kind = ReuseRecord.Way.Kind(rawValue: try fields.text("kind")) else {
      throw fields.fault("\"kind\" is none of the known ones")
    }
    var way = ReuseRecord.Way(
      kind: kind, messages: try messages(from: fields.object("messages")),
      connections: try connections(from: fields.object("connections")),
      perConnection: try fields.optionalText("per_connection"),
      measured: try fields.number("measured_s"), throughput: try fields.number("messages_per_s"),
      transaction: nil, session: nil, cpuPerMessage: try fields.number("cpu_us_per_message"))
    if fields.has("transaction") {
      way.transaction = try latency(from: fields.object("transaction"))
    }
    if fields.has("session") { way.session = try latency(from: fields.object("session")) }
    return way
  }
}
