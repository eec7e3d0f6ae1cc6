// SPDX-License-Identifier: Apache-2.0
//
// What a load did over time and over the life of its connections, and what an open load asked for, in
// `run.json`, written and read.

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

extension RunDocument {
  /// The members that only some loads have.
  static func addOpenModel(of load: LoadRecord, to members: inout Members) {
    if let arrivals = load.arrivals { members.add("arrivals", value(of: arrivals)) }
    if let service = load.service { members.add("service", value(of: service)) }
    if let lateness = load.lateness { members.add("lateness", value(of: lateness)) }
    if load.fullHandshake != nil || load.resumedHandshake != nil {
      var handshakes = Members()
      if let full = load.fullHandshake { handshakes.add("full", value(of: full)) }
      if let resumed = load.resumedHandshake { handshakes.add("resumed", value(of: resumed)) }
      members.add("handshakes", handshakes.value)
    }
    if let reopening = load.reopening { members.add("after_421", value(of: reopening)) }
    if !load.endings.isEmpty { members.add("endings", .array(load.endings.map(value(of:)))) }
    if let endedEarly = load.endedEarly { members.add("ended_early", endedEarly) }
  }

  private static func value(of arrivals: ArrivalRecord) -> JSONValue {
    var members = Members()
    members.add("plan", arrivals.plan)
    members.add("planned", arrivals.planned)
    members.add("asked_per_s", arrivals.asked)
    members.add("achieved_per_s", arrivals.achieved)
    members.add("waited", arrivals.waited)
    members.add("late", arrivals.late)
    return members.value
  }

  private static func value(of reopening: ReopenRecord) -> JSONValue {
    var members = Members()
    members.add("policy", reopening.policy)
    members.add("pauses", reopening.pauses)
    members.add("paused_s", reopening.paused)
    members.add("stopped", reopening.stopped)
    return members.value
  }

  private static func value(of ending: EndingRecord) -> JSONValue {
    var members = Members()
    members.add("manner", ending.manner.rawValue)
    members.add("after", ending.after)
    members.add("count", ending.count)
    return members.value
  }

  static func readOpenModel(from fields: Fields, into load: inout LoadRecord) throws(JSONError) {
    if fields.has("arrivals") {
      let arrivals = try fields.object("arrivals")
      load.arrivals = ArrivalRecord(
        plan: try arrivals.text("plan"), planned: try arrivals.integer("planned"),
        asked: try arrivals.number("asked_per_s"), achieved: try arrivals.number("achieved_per_s"),
        waited: try arrivals.integer("waited"), late: try arrivals.integer("late"))
    }
    if fields.has("service") { load.service = try latency(from: fields.object("service")) }
    if fields.has("lateness") { load.lateness = try latency(from: fields.object("lateness")) }
    if fields.has("handshakes") {
      let handshakes = try fields.object("handshakes")
      if handshakes.has("full") {
        load.fullHandshake = try latency(from: handshakes.object("full"))
      }
      if handshakes.has("resumed") {
        load.resumedHandshake = try latency(from: handshakes.object("resumed"))
      }
    }
    if fields.has("after_421") {
      let reopening = try fields.object("after_421")
      load.reopening = ReopenRecord(
        policy: try reopening.text("policy"), pauses: try reopening.integer("pauses"),
        paused: try reopening.number("paused_s"), stopped: try reopening.integer("stopped"))
    }
    if fields.has("endings") {
      for entry in try fields.list("endings") {
        let ending = Fields(value: entry, file: fields.file)
        guard let manner = EndingRecord.Manner(rawValue: try ending.text("manner")) else {
          throw ending.fault("\"manner\" is none of the known ones")
        }
        load.endings.append(
          EndingRecord(
            manner: manner, after: try ending.integer("after"), count: try ending.integer("count")))
      }
    }
    if fields.has("ended_early") { load.endedEarly = try fields.text("ended_early") }
  }
}
