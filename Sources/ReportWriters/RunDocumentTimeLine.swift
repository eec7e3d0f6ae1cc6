// SPDX-License-Identifier: Apache-2.0
//
// The members `timeline` and `positions` of a load in `run.json`, written and read.

import JSONText
import RunRecord

extension RunDocument {
  static func value(of point: TimePoint) -> JSONValue {
    var members = Members()
    members.add("second", point.second)
    members.add("started", point.started)
    members.add("accepted", point.accepted)
    members.add("errors", point.errors)
    members.add("connected", point.connected)
    if let p50 = point.p50 { members.add("p50_us", p50) }
    if let p99 = point.p99 { members.add("p99_us", p99) }
    return members.value
  }

  static func value(of position: PositionRecord) -> JSONValue {
    var members = Members()
    members.add("first", position.first)
    if let last = position.last { members.add("last", last) }
    members.add("latency", value(of: position.latency))
    return members.value
  }

  static func timeline(from fields: Fields) throws(JSONError) -> [TimePoint] {
    var points: [TimePoint] = []
    for entry in try fields.list("timeline") {
      let point = Fields(value: entry, file: fields.file)
      points.append(
        TimePoint(
          second: try point.integer("second"), started: try point.integer("started"),
          accepted: try point.integer("accepted"), errors: try point.integer("errors"),
          connected: try point.integer("connected"),
          p50: point.has("p50_us") ? try point.number("p50_us") : nil,
          p99: point.has("p99_us") ? try point.number("p99_us") : nil))
    }
    return points
  }

  static func positions(from fields: Fields) throws(JSONError) -> [PositionRecord] {
    var positions: [PositionRecord] = []
    for entry in try fields.list("positions") {
      let position = Fields(value: entry, file: fields.file)
      positions.append(
        PositionRecord(
          first: try position.integer("first"),
          last: position.has("last") ? try position.integer("last") : nil,
          latency: try latency(from: position.object("latency"))))
    }
    return positions
  }
}
