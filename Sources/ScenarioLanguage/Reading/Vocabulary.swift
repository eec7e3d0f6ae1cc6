// SPDX-License-Identifier: Apache-2.0
//
// Every key that a scenario, a target profile or a waiver file may have, object by object, under the names that
// the published schemas use. The readers know no others.

/// The shapes of all objects.
package enum Vocabulary {
  // MARK: Scenario

  static let scenario = ObjectShape(
    "scenario", "a scenario",
    [
      "$schema", "title", "proves", "applies", "security", "level", "needs", "faults", "start",
      "client", "repeat", "dialogue", "sessions", "setup", "between", "transaction", "teardown",
      "feed", "load", "study", "thresholds", "sink", "verdict", "report", "recover", "same-replies",
      "search",
    ])
  static let security = ObjectShape("security", "\"security\"", ["severity", "class"])
  static let needs = ObjectShape(
    "needs", "\"needs\"",
    ["extensions", "credentials", "addresses", "sink", "tls", "trust", "sources"])
  static let repetition = ObjectShape("repetition", "\"repeat\"", ["times", "vary"])
  static let session = ObjectShape(
    "session", "a session", ["start", "dialogue", "count", "every", "hold", "source"])
  static let feed = ObjectShape("feed", "\"feed\"", ["csv", "order"])
  static let load = ObjectShape(
    "load", "\"load\"",
    [
      "sessions", "messages", "per_connection", "think", "after_421", "rate", "duration",
      "max_sessions", "stages",
    ])
  static let stage = ObjectShape("stage", "a stage", ["ramp", "over", "rate", "duration"])
  static let sink = ObjectShape("sink", "\"sink\"", ["replies"])
  static let sinkReply = ObjectShape(
    "sinkReply", "a reply of the sink", ["at", "times", "say", "close"])
  static let verdict = ObjectShape(
    "verdict", "\"verdict\"", ["pass", "info", "warn", "inconclusive", "skipped", "fail"])
  static let recover = ObjectShape("recover", "\"recover\"", ["after", "dialogue"])
  static let search = ObjectShape("search", "\"search\"", ["for", "sequences", "commands"])

  // MARK: Steps

  private static let reading = ["expect", "within", "capture", "measure"]

  static let connectStep = ObjectShape("connectStep", "a connect step", ["connect"] + reading)
  static let ehloStep = ObjectShape("ehloStep", "an ehlo step", ["ehlo"] + reading)
  static let sendStep = ObjectShape("sendStep", "a send step", ["send"] + reading)
  static let writeStep = ObjectShape(
    "writeStep", "a write step", ["write", "cut", "pace", "then"] + reading)
  static let expectStep = ObjectShape("expectStep", "an expect step", reading)
  static let pipelineStep = ObjectShape(
    "pipelineStep", "a pipeline step", ["pipeline", "cut", "within", "measure"])
  static let messageStep = ObjectShape(
    "messageStep", "a message step", ["message", "cut", "pace", "when-asked"] + reading)
  static let bdatStep = ObjectShape("bdatStep", "a bdat step", ["bdat"] + reading)
  static let starttlsStep = ObjectShape("starttlsStep", "a starttls step", ["starttls"] + reading)
  static let handshakeStep = ObjectShape(
    "handshakeStep", "a handshake step", ["handshake", "expect", "within", "measure"])
  static let authStep = ObjectShape("authStep", "an auth step", ["auth"] + reading)
  static let waitStep = ObjectShape("waitStep", "a wait step", ["wait"])
  static let closeStep = ObjectShape("closeStep", "a close step", ["close"])
  static let repeatStep = ObjectShape("repeatStep", "a repeat step", ["repeat", "dialogue"])
  static let deliverStep = ObjectShape(
    "deliverStep", "a deliver step", ["deliver", "expect", "within", "measure"])
  static let arriveStep = ObjectShape(
    "arriveStep", "an arrive step", ["arrive", "within", "measure"])

  /// Steps by the key that makes them; `expect` makes one only where no other does.
  static let steps: [(key: String, shape: ObjectShape)] = [
    ("connect", connectStep), ("ehlo", ehloStep), ("send", sendStep), ("write", writeStep),
    ("pipeline", pipelineStep), ("message", messageStep), ("bdat", bdatStep),
    ("starttls", starttlsStep), ("handshake", handshakeStep), ("auth", authStep),
    ("wait", waitStep), ("close", closeStep),
    ("repeat", repeatStep), ("deliver", deliverStep), ("arrive", arriveStep),
    ("expect", expectStep),
  ]

  // MARK: Parts of steps

  static let connect = ObjectShape("connect", "\"connect\"", ["source"])
  static let ehlo = ObjectShape("ehlo", "\"ehlo\"", ["client"])
  static let command = ObjectShape(
    "command", "a command of a pipeline", ["send", "write", "expect", "capture", "times"])
  static let message = ObjectShape(
    "message", "\"message\"",
    ["size", "lines", "8bitmime", "smtputf8", "eml", "line-ends", "write", "headers", "mark"])
  static let bdat = ObjectShape(
    "bdat", "\"bdat\"", ["message", "write", "chunks", "last", "pipelined"])
  static let starttls = ObjectShape("starttls", "\"starttls\"", ["handshake-only"])
  static let handshake = ObjectShape(
    "handshake", "\"handshake\"",
    ["minimum", "maximum", "ciphers", "server-name", "protocols", "hello"])
  static let auth = ObjectShape(
    "auth", "\"auth\"",
    [
      "mechanism", "initial-response", "username", "password", "authorization-identity", "token",
      "alter",
    ])
  static let deliver = ObjectShape("deliver", "\"deliver\"", ["from", "to", "messages", "message"])
  static let arrive = ObjectShape(
    "arrive", "\"arrive\"",
    ["messages", "each", "content", "from", "to", "matches", "matches-not", "otherwise"])
  static let pace = ObjectShape("pace", "\"pace\"", ["octets", "every", "duration"])
  static let then = ObjectShape("then", "\"then\"", ["after", "write"])
  static let expectation = ObjectShape(
    "expectation", "\"expect\"",
    [
      "pass", "info", "warn", "inconclusive", "skipped", "fail", "next", "text", "matches",
      "matches-not", "challenge", "enhanced", "offers", "offers-not", "tls", "otherwise",
    ])
  static let agreed = ObjectShape(
    "agreed", "\"tls\" of an expectation",
    [
      "version", "cipher", "extended-master-secret", "compression", "secure-renegotiation",
      "asks-certificate",
      "certificate", "alert", "close-notify",
    ])
  static let captureSource = ObjectShape("captureSource", "a capture", ["capability", "between"])
  static let weightedSize = ObjectShape("weightedSize", "\"size\"", ["weighted"])

  // MARK: Target profile

  static let profile = ObjectShape(
    "profile", "a target profile",
    [
      "$schema", "name", "host", "port", "socket", "role", "tls", "credentials", "addresses",
      "client", "sources", "timeouts", "level", "authorised", "retry-window", "sink", "waivers",
    ])
  static let tls = ObjectShape(
    "tls", "\"tls\"",
    [
      "mode", "ca", "insecure", "server-name", "minimum", "maximum", "ciphers", "resumption",
      "certificate", "key",
    ])
  static let credentials = ObjectShape(
    "credentials", "\"credentials\"",
    ["username", "password", "token", "authorization-identity", "mechanism"])
  static let addresses = ObjectShape(
    "addresses", "\"addresses\"", AddressName.allCases.map(\.rawValue))
  static let timeouts = ObjectShape(
    "timeouts", "\"timeouts\"", Timeouts.keys.map(\.name))
  static let profileSink = ObjectShape("profileSink", "\"sink\"", ["host", "port"])

  // MARK: Waivers

  static let waiverFile = ObjectShape(
    "waiverFile", "a waiver file", ["$schema", "target", "waivers"])
  static let waiver = ObjectShape(
    "waiver", "a waiver", ["check", "role", "gate", "verdicts", "reason"])

  // MARK: All of them

  /// The objects of scenario files.
  package static let ofScenarios: [ObjectShape] =
    [
      scenario, security, needs, repetition, session, feed, load, stage, sink, sinkReply, verdict,
      recover, search, connect, ehlo, command, message, bdat, starttls, handshake, auth, deliver,
      arrive,
      pace, then, expectation, agreed, captureSource, weightedSize,
    ] + steps.map(\.shape)

  /// The objects of target profiles.
  package static let ofProfiles = [
    profile, tls, credentials, addresses, timeouts, profileSink,
  ]

  /// The objects of waiver files.
  package static let ofWaivers = [waiverFile, waiver]

  package static let all = ofScenarios + ofProfiles + ofWaivers
}
