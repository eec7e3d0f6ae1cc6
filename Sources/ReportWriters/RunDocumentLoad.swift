// SPDX-License-Identifier: Apache-2.0
//
// The member `load` of `run.json`: counts, rates and distributions, written and read.

import JSONText
import RunRecord

extension RunDocument {
  static func value(of load: LoadRecord) -> JSONValue {
    var members = Members()
    members.add("model", load.model)
    members.add("sessions", load.sessions)
    members.add("workers", load.workers)
    members.add("per_connection", load.perConnection)
    members.add("measured_s", load.measured)
    members.add("messages", value(of: load.messages))
    members.add("connections", value(of: load.connections))
    var throughput = Members()
    throughput.add("messages_per_s", load.throughput)
    throughput.add("connections_per_s", load.connectionRate)
    members.add("throughput", throughput.value)
    members.add("octets", load.octets)
    members.add("latency", load.latency, as: value(of:))
    let replies = Dictionary(uniqueKeysWithValues: load.replies.map { (String($0.key), $0.value) })
    members.add("replies", replies) { .integer($0) }
    members.add("stages", load.stages) { stage in
      var counts = Members()
      for (code, count) in stage.sorted(by: { $0.key < $1.key }) { counts.add(code, count) }
      return counts.value
    }
    members.add("samples", load.samples) { .array($0.map { .string($0) }) }
    var harness = Members()
    harness.add("cpu_us_per_message", load.cpuPerMessage)
    harness.add("cpu_share", load.cpuShare)
    members.add("harness", harness.value)
    members.add("memory", load.memory.map(value(of:)))
    members.add("timeline", .array(load.timeline.map(value(of:))))
    members.add("positions", .array(load.positions.map(value(of:))))
    addOpenModel(of: load, to: &members)
    members.add("findings", load.findings)
    return members.value
  }

  static func value(of messages: MessageCounts) -> JSONValue {
    var members = Members()
    members.add("attempted", messages.attempted)
    members.add("accepted", messages.accepted)
    members.add("deferred", messages.deferred)
    members.add("rejected", messages.rejected)
    members.add("throttled", messages.throttled)
    members.add("lost", messages.lost)
    members.add("not_started", messages.notStarted)
    return members.value
  }

  static func value(of connections: ConnectionCounts) -> JSONValue {
    var members = Members()
    members.add("opened", connections.opened)
    members.add("refused", connections.refused)
    members.add("refusals", connections.refusals) { .integer($0) }
    members.add("peak", connections.peak)
    members.add("reused_messages", connections.reusedMessages)
    members.add("full_handshakes", connections.fullHandshakes)
    members.add("resumed_handshakes", connections.resumedHandshakes)
    return members.value
  }

  private static func value(of memory: MemoryRecord) -> JSONValue {
    var members = Members()
    members.add("sessions", memory.sessions)
    members.add("resident_bytes", memory.resident)
    members.add("per_session_bytes", memory.perSession)
    members.add("includes_relay", memory.includesRelay)
    return members.value
  }

  static func value(of latency: LatencyRecord) -> JSONValue {
    var members = Members()
    members.add("count", latency.count)
    members.add("min_us", latency.min)
    members.add("p50_us", latency.p50)
    members.add("p90_us", latency.p90)
    members.add("p99_us", latency.p99)
    members.add("p999_us", latency.p999)
    members.add("max_us", latency.max)
    members.add("mean_us", latency.mean)
    let pairs = latency.buckets.map { bucket -> JSONValue in
      .array([.integer(Int(clamping: bucket.value)), .integer(Int(clamping: bucket.count))])
    }
    members.add("buckets_ns", .array(pairs))
    return members.value
  }
}

extension RunDocument {
  static func load(from fields: Fields) throws(JSONError) -> LoadRecord {
    let harness = try fields.object("harness")
    let rates = try fields.object("throughput")
    var load = LoadRecord(
      model: try fields.text("model"), sessions: try fields.integer("sessions"),
      workers: try fields.integer("workers"),
      perConnection: try fields.optionalText("per_connection"),
      measured: try fields.number("measured_s"),
      messages: try messages(from: fields.object("messages")),
      connections: try connections(from: fields.object("connections")),
      throughput: try rates.number("messages_per_s"),
      connectionRate: try rates.number("connections_per_s"),
      cpuPerMessage: try harness.number("cpu_us_per_message"),
      cpuShare: try harness.number("cpu_share"), octets: try fields.integer("octets"))
    load.latency = try fields.map("latency") { (value: JSONValue) throws(JSONError) in
      try latency(from: Fields(value: value, file: fields.file))
    }
    for (code, count) in try fields.counts("replies") {
      guard let number = Int(code) else {
        throw fields.fault("\"replies\" has \"\(code)\", which is no reply code")
      }
      load.replies[number] = count
    }
    let stages = try fields.object("stages")
    for stage in try fields.map("stages", { (value: JSONValue) in value }).keys {
      load.stages[stage] = try stages.counts(stage)
    }
    load.samples = try fields.map("samples") { (value: JSONValue) throws(JSONError) in
      try fields.texts(of: value, named: "samples")
    }
    if fields.has("memory") { load.memory = try memory(from: fields.object("memory")) }
    load.timeline = try timeline(from: fields)
    load.positions = try positions(from: fields)
    try readOpenModel(from: fields, into: &load)
    load.findings = try fields.texts("findings")
    return load
  }

  static func messages(from fields: Fields) throws(JSONError) -> MessageCounts {
    var messages = MessageCounts()
    messages.attempted = try fields.integer("attempted")
    messages.accepted = try fields.integer("accepted")
    messages.deferred = try fields.integer("deferred")
    messages.rejected = try fields.integer("rejected")
    messages.throttled = try fields.integer("throttled")
    messages.lost = try fields.integer("lost")
    messages.notStarted = try fields.integer("not_started")
    return messages
  }

  static func connections(from fields: Fields) throws(JSONError) -> ConnectionCounts {
    var connections = ConnectionCounts()
    connections.opened = try fields.integer("opened")
    connections.refused = try fields.integer("refused")
    connections.refusals = try fields.counts("refusals")
    connections.peak = try fields.integer("peak")
    connections.reusedMessages = try fields.integer("reused_messages")
    connections.fullHandshakes = try fields.integer("full_handshakes")
    connections.resumedHandshakes = try fields.integer("resumed_handshakes")
    return connections
  }

  private static func memory(from fields: Fields) throws(JSONError) -> MemoryRecord {
    MemoryRecord(
      sessions: try fields.integer("sessions"), resident: try fields.integer("resident_bytes"),
      perSession: try fields.integer("per_session_bytes"),
      includesRelay: try fields.flag("includes_relay"))
  }

  static func latency(from fields: Fields) throws(JSONError) -> LatencyRecord {
    var latency = LatencyRecord(
      count: try fields.integer("count"), min: try fields.number("min_us"),
      p50: try fields.number("p50_us"), p90: try fields.number("p90_us"),
      p99: try fields.number("p99_us"), p999: try fields.number("p999_us"),
      max: try fields.number("max_us"), mean: try fields.number("mean_us"))
    for pair in try fields.list("buckets_ns") {
      guard case .array(let numbers) = pair.content, numbers.count == 2,
        case .integer(let value) = numbers[0].content, value >= 0,
        case .integer(let count) = numbers[1].content, count >= 0
      else { throw fields.fault("\"buckets_ns\" must hold pairs of whole numbers", at: pair) }
      latency.buckets.append(.init(value: UInt64(value), count: UInt64(count)))
    }
    return latency
  }
}
