// SPDX-License-Identifier: Apache-2.0
//
// Records for the tests of this room: one with every member set, one with as little as there can be.

import RunRecord

enum Samples {
  static let least = RunRecord(
    tool: ToolFacts(name: "relaymark", version: "0.1.0", command: ["relaymark", "run"], seed: 1),
    target: TargetFacts(name: "", host: "127.0.0.1", port: 2525, role: "relay"),
    scenario: ScenarioFacts(id: "rfc5321/rset", title: "RSET forgets the recipients"),
    started: "2026-03-01T12:00:00Z")

  static var full: RunRecord {
    var record = least
    record.tool.seed = .max
    record.target = TargetFacts(
      name: "lab", host: "::1", port: 465, role: "submissions", greeting: "220 relay\\x00",
      capabilities: ["PIPELINING", "SIZE 10485760"], tls: tls)
    record.duration = 12.345
    record.valid = false
    record.invalidReason = "own CPU saturated"
    record.interrupted = true
    record.checks = [passed, failed, skipped]
    record.load = load
    record.certificate = certificate
    record.reuse = reuse
    record.thresholds = [
      ThresholdRecord(
        metric: "transaction.p99", limit: "<250ms", measured: "120 ms", holds: true),
      ThresholdRecord(metric: "errors", limit: "==0", measured: "2", holds: false),
    ]
    record.exit = 130
    return record
  }

  static let certificate = CertificateRecord(
    requirements: [
      RequirementRecord(
        id: "5321-4.1.1.5-rset-clears", rfc: 5321, section: "4.1.1.5", level: "MUST",
        title: "RSET clears")
    ],
    gates: [
      GateRecord(role: "relay", gate: "clear", greeting: "220 relay", capabilities: ["SIZE 100"]),
      GateRecord(
        role: "submissions", gate: "TLS", obstacle: "MAIL: 530 5.7.0 <login> first", tls: tls,
        timings: [GateRecord.Timing(name: "greeting", text: "1.2 ms")]),
    ],
    waivers: [
      WaiverRecord(
        check: "rfc5321/data", role: "relay", gate: "TLS", verdicts: ["fail", "warn"],
        reason: "RFC 5321 <3.3>", place: "waivers.json:7", state: .applied, count: 2),
      WaiverRecord(
        check: "rfc5321", verdicts: ["fail"], reason: "old", place: "w.json:9", state: .stale,
        count: 0),
    ],
    shutOut: ["lab: the target turned us away: 421"])

  static let tls = TLSRecord(
    version: "1.3", cipher: "TLS_AES_256_GCM_SHA384", group: "x25519", resumed: true,
    subject: "CN=relay", issuer: "CN=authority", names: ["relay.example"],
    notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z", verification: "ok")

  static let passed = CheckRecord(
    id: "rfc5321/rset", title: "RSET forgets the recipients", verdict: "pass",
    requirements: ["5321-4.1.1.5-rset-clears"], duration: 0.012)

  static let failed = CheckRecord(
    id: "rfc5321/data", title: "DATA without recipients is refused", verdict: "fail",
    requirements: ["5321-3.3-data"], expected: "503|554", actual: "354 go *ahead*",
    severity: "high", reason: "step 3", transcriptLines: ["-> DATA", "<- 354 go *ahead* ```"],
    duration: 0.034, measured: ["reply": "1.2 ms"])

  static let skipped = CheckRecord(
    id: "rfc5321/data", title: "A <third> check", verdict: "skipped",
    reason: "the target does not offer CHUNKING", transcriptLines: ["** skipped"], reached: false)

  static var reuse: ReuseRecord {
    ReuseRecord(
      limit: ConnectionLimit(
        accepted: 5, ending: .announced, stage: "mail", reply: "421 4.7.0 <enough>", bound: 1000),
      ways: [.init(kind: .fresh, load: load), .init(kind: .reused, load: load)])
  }

  static var load: LoadRecord {
    var load = LoadRecord(
      model: "closed", sessions: 100, workers: 2, perConnection: "1..50", measured: 1.25,
      throughput: 8000.125, connectionRate: 164, cpuPerMessage: 31.5, cpuShare: 0.75,
      octets: 41_000_000,
      memory: MemoryRecord(
        sessions: 100, resident: 80_000_000, perSession: 42_000, includesRelay: true))
    load.messages.attempted = 10_000
    load.messages.accepted = 9_990
    load.messages.deferred = 4
    load.messages.rejected = 3
    load.messages.throttled = 2
    load.messages.lost = 1
    load.messages.notStarted = 7
    load.connections.opened = 205
    load.connections.refused = 5
    load.connections.refusals = ["connection refused": 5]
    load.connections.peak = 100
    load.connections.reusedMessages = 9_800
    load.connections.fullHandshakes = 100
    load.connections.resumedHandshakes = 105
    load.latency = [
      "mail": LatencyRecord(
        count: 10_000, min: 20.5, p50: 81, p90: 120, p99: 900.25, p999: 12_300, max: 1_500_000,
        mean: 99.125, buckets: [.init(value: 20_480, count: 9_999), .init(value: 81_920, count: 1)]),
      "unheard-of": LatencyRecord(
        count: 1, min: 1, p50: 1, p90: 1, p99: 1, p999: 1, max: 1, mean: 1),
    ]
    load.replies = [220: 205, 250: 39_000, 0: 1]
    load.stages = ["rcpt": ["250": 9_990, "550": 3, "lost": 1]]
    load.samples = ["550": ["550 5.1.1 no such user"]]
    load.reopening = ReopenRecord(policy: "250ms", pauses: 12, paused: 3.125, stopped: 1)
    load.timeline = [
      TimePoint(second: 0, started: 4_000, accepted: 3_990, connected: 100, p50: 800, p99: 2_000),
      TimePoint(second: 1, started: 6_000, accepted: 6_000, errors: 10, connected: 90, p50: 900),
      TimePoint(second: 2),
    ]
    load.positions = [
      PositionRecord(
        first: 1, last: 1,
        latency: LatencyRecord(
          count: 5, min: 1, p50: 2, p90: 3, p99: 4, p999: 5, max: 6, mean: 2.5)),
      PositionRecord(
        first: 2, last: nil,
        latency: LatencyRecord(
          count: 7, min: 1, p50: 2, p90: 3, p99: 4, p999: 5, max: 6, mean: 2.5)),
    ]
    load.findings = ["The relay ended connections after 50 messages <with> 421."]
    return load
  }
}
