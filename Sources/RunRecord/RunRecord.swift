// SPDX-License-Identifier: Apache-2.0
//
// What happened in a run, as plain values. Every report is rendered from this and nothing else; it
// knows no socket, no scenario and no format.

/// The whole of one run.
package struct RunRecord: Sendable, Equatable {
  /// Version of the form of `run.json`; grows with every change that a reader could notice.
  package static let schemaVersion = 1

  package var tool: ToolFacts
  package var target: TargetFacts
  /// The scenario or suite that ran.
  package var scenario: ScenarioFacts
  /// RFC 3339, UTC.
  package var started: String
  /// Seconds of wall time.
  package var duration: Double
  /// Whether the harness kept up, and why not.
  package var valid: Bool
  package var invalidReason: String?
  /// Whether the run was stopped by its user before its end.
  package var interrupted: Bool
  package var checks: [CheckRecord]
  package var load: LoadRecord?
  package var thresholds: [ThresholdRecord]
  /// The process exit code that this record stands for.
  package var exit: Int

  package init(
    tool: ToolFacts, target: TargetFacts, scenario: ScenarioFacts, started: String,
    duration: Double = 0, valid: Bool = true, invalidReason: String? = nil,
    interrupted: Bool = false, checks: [CheckRecord] = [], load: LoadRecord? = nil,
    thresholds: [ThresholdRecord] = [], exit: Int = 0
  ) {
    self.tool = tool
    self.target = target
    self.scenario = scenario
    self.started = started
    self.duration = duration
    self.valid = valid
    self.invalidReason = invalidReason
    self.interrupted = interrupted
    self.checks = checks
    self.load = load
    self.thresholds = thresholds
    self.exit = exit
  }
}

package struct ToolFacts: Sendable, Equatable {
  package var name: String
  package var version: String
  /// The command line that repeats the run, secrets left out.
  package var command: [String]
  package var seed: UInt64

  package init(name: String, version: String, command: [String], seed: UInt64) {
    self.name = name
    self.version = version
    self.command = command
    self.seed = seed
  }
}

package struct ScenarioFacts: Sendable, Equatable {
  package var id: String
  package var title: String

  package init(id: String, title: String) {
    self.id = id
    self.title = title
  }
}

package struct TargetFacts: Sendable, Equatable {
  package var name: String
  package var host: String
  package var port: Int
  package var role: String
  /// The greeting as first seen, escaped.
  package var greeting: String?
  /// EHLO keywords with arguments, as last seen.
  package var capabilities: [String]
  package var tls: TLSRecord?

  package init(
    name: String, host: String, port: Int, role: String, greeting: String? = nil,
    capabilities: [String] = [], tls: TLSRecord? = nil
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.role = role
    self.greeting = greeting
    self.capabilities = capabilities
    self.tls = tls
  }
}

package struct TLSRecord: Sendable, Equatable {
  package var version: String
  package var cipher: String
  package var group: String?
  package var resumed: Bool
  package var subject: String?
  package var issuer: String?
  package var names: [String]
  /// RFC 3339, UTC.
  package var notBefore: String?
  package var notAfter: String?
  /// `ok`, or why the certificate was not believed.
  package var verification: String

  package init(
    version: String, cipher: String, group: String? = nil, resumed: Bool = false,
    subject: String? = nil, issuer: String? = nil, names: [String] = [], notBefore: String? = nil,
    notAfter: String? = nil, verification: String = "ok"
  ) {
    self.version = version
    self.cipher = cipher
    self.group = group
    self.resumed = resumed
    self.subject = subject
    self.issuer = issuer
    self.names = names
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.verification = verification
  }
}

/// One check with its evidence.
package struct CheckRecord: Sendable, Equatable {
  package var id: String
  package var title: String
  /// One of `pass`, `fail`, `warn`, `info`, `skipped`, `inconclusive`, `error`.
  package var verdict: String
  package var requirements: [String]
  package var expected: String?
  package var actual: String?
  package var severity: String?
  package var reason: String?
  /// File under `transcripts/`, relative to the run folder.
  package var transcript: String?
  /// The lines of the transcript, rendered.
  package var transcriptLines: [String]
  /// Seconds.
  package var duration: Double
  /// Facts measured on the way, by name, with unit in the text.
  package var measured: [String: String]

  package init(
    id: String, title: String, verdict: String, requirements: [String] = [],
    expected: String? = nil, actual: String? = nil, severity: String? = nil,
    reason: String? = nil, transcript: String? = nil, transcriptLines: [String] = [],
    duration: Double = 0, measured: [String: String] = [:]
  ) {
    self.id = id
    self.title = title
    self.verdict = verdict
    self.requirements = requirements
    self.expected = expected
    self.actual = actual
    self.severity = severity
    self.reason = reason
    self.transcript = transcript
    self.transcriptLines = transcriptLines
    self.duration = duration
    self.measured = measured
  }
}

/// What a load did.
package struct LoadRecord: Sendable, Equatable {
  /// `closed` or `open`.
  package var model: String
  package var sessions: Int
  package var messages: MessageCounts
  package var connections: ConnectionCounts
  /// Accepted messages a second of the measured time.
  package var throughput: Double
  /// By phase name.
  package var latency: [String: LatencyRecord]
  /// Reply code to count.
  package var replies: [Int: Int]
  /// Stage, then reply code (or `lost`, `refused`) to count.
  package var stages: [String: [String: Int]]
  /// Up to a handful of reply texts for each refusing code, escaped.
  package var samples: [String: [String]]
  /// Microseconds of user and system CPU time of this process per accepted message.
  package var cpuPerMessage: Double
  /// Own CPU time over wall time; 1.0 is one core.
  package var cpuShare: Double
  /// Octets of message content sent, before dot-stuffing.
  package var octets: Int

  package init(
    model: String, sessions: Int, messages: MessageCounts = MessageCounts(),
    connections: ConnectionCounts = ConnectionCounts(), throughput: Double = 0,
    latency: [String: LatencyRecord] = [:], replies: [Int: Int] = [:],
    stages: [String: [String: Int]] = [:], samples: [String: [String]] = [:],
    cpuPerMessage: Double = 0, cpuShare: Double = 0, octets: Int = 0
  ) {
    self.model = model
    self.sessions = sessions
    self.messages = messages
    self.connections = connections
    self.throughput = throughput
    self.latency = latency
    self.replies = replies
    self.stages = stages
    self.samples = samples
    self.cpuPerMessage = cpuPerMessage
    self.cpuShare = cpuShare
    self.octets = octets
  }
}

/// Outcomes of messages; their sum is `attempted`.
package struct MessageCounts: Sendable, Equatable {
  package var attempted = 0
  /// 2yz to the end of the message.
  package var accepted = 0
  /// 4yz.
  package var deferred = 0
  /// 5yz.
  package var rejected = 0
  /// 421 and policy codes (4.7.x, 4.5.x).
  package var throttled = 0
  /// The connection ended, or the limit passed, without a reply.
  package var lost = 0
  /// Planned and never begun.
  package var notStarted = 0

  package init() {}
}

package struct ConnectionCounts: Sendable, Equatable {
  package var opened = 0
  package var refused = 0
  /// Messages sent on a connection that had carried one before.
  package var reusedMessages = 0
  /// TLS handshakes, full and resumed.
  package var fullHandshakes = 0
  package var resumedHandshakes = 0

  package init() {}
}

/// A latency distribution in microseconds.
package struct LatencyRecord: Sendable, Equatable {
  package var count: Int
  package var min: Double
  package var p50: Double
  package var p90: Double
  package var p99: Double
  package var p999: Double
  package var max: Double
  package var mean: Double
  /// The distribution itself, for merging: bucket's lower bound in nanoseconds and count.
  package var buckets: [Bucket]

  package init(
    count: Int, min: Double, p50: Double, p90: Double, p99: Double, p999: Double, max: Double,
    mean: Double, buckets: [Bucket] = []
  ) {
    self.count = count
    self.min = min
    self.p50 = p50
    self.p90 = p90
    self.p99 = p99
    self.p999 = p999
    self.max = max
    self.mean = mean
    self.buckets = buckets
  }

  package struct Bucket: Sendable, Equatable {
    package var value: UInt64
    package var count: UInt64
    package init(value: UInt64, count: UInt64) {
      self.value = value
      self.count = count
    }
  }
}

package struct ThresholdRecord: Sendable, Equatable {
  package var metric: String
  /// As written, `<250ms`.
  package var limit: String
  /// As measured, with unit.
  package var measured: String
  package var holds: Bool

  package init(metric: String, limit: String, measured: String, holds: Bool) {
    self.metric = metric
    self.limit = limit
    self.measured = measured
    self.holds = holds
  }
}
