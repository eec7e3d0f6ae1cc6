// SPDX-License-Identifier: Apache-2.0
//
// Proves what deliver and arrive come to, verdict by verdict: against a relay in memory that delivers as
// the test says, so that nothing has to be waited for.

import DialogueEngine
import JSONText
import MailContent
import ReferenceRelay
import RunRecord
import SMTPTransport
import ScenarioLanguage
import Synchronization
import Testing

@testable import Conformance

@Suite struct DeliveryTests {
  /// What the way does with a message: what comes to the sink of it.
  typealias Way = @Sendable (RelayMessage) -> [SinkMail]

  /// A relay that does nothing but its duty.
  private static let honest: Way = { message in [mail(message)] }

  private static func mail(_ message: RelayMessage, changing: ([UInt8]) -> [UInt8] = { $0 })
    -> SinkMail
  {
    SinkMail(
      sender: message.sender, recipients: message.recipients,
      content: Array("Received: from a\r\n\tby b; Thu, 1 Jan 2026 00:00:00 +0000\r\n".utf8)
        + changing(message.content))
  }

  /// Every so manieth message, by its number in the mark.
  private static func number(of message: RelayMessage) -> Int {
    MailHeader(of: message.content).mark?.message ?? 0
  }

  private func run(
    _ arrive: String, within: String = "20ms", deliver: String = #""messages": 12"#,
    sink: String = "", way: @escaping Way = honest
  ) async throws -> CheckRecord {
    let text = """
      {"title": "T", \(sink) "dialogue": [
        {"deliver": {"from": "${sender}", "to": "${sink}", \(deliver)},
          "expect": {"pass": "2xx", "inconclusive": "5xx"}, "measure": "accept"},
        {"arrive": {\(arrive)}, "within": "\(within)", "measure": "arrival"}]}
      """
    let value = try JSONReader.read(octets: Array(text.utf8), file: "test.json")
    let scenario = try Scenario.decode(value, file: "test.json")
    var profile = TargetProfile.embedded(port: 25, role: .relay, authority: [])
    profile.tls.trust = .unverified
    profile.connect(
      sink: TargetProfile.SinkAddress(host: "127.0.0.1", port: 1), window: .seconds(1))
    let desk = SinkDesk(settling: .zero)
    let relay = MemoryRelay(.relay) { message in
      for mail in way(message) { desk.take(mail) }
      return true
    }
    let gate = MemoryGate(
      try await SessionSettings.make(for: profile, mode: .check, run: "run", seed: 1))
    let runner = CheckRunner(carrier: MemoryCarrier(gate: gate, relay: relay), sink: desk)
    let program = try Compiler.compile(scenario, for: profile, run: "run")
    return await runner.run(program, of: scenario).record
  }

  @Test("Everything that comes once and unchanged passes, and the times are told")
  func pass() async throws {
    let record = try await run(
      #""messages": 12, "content": "unchanged but for trace headers", "matches": "^Received:""#)
    #expect(record.verdict == "pass", "\(record)")
    #expect(record.actual == "12 messages came")
    #expect(
      record.expected
        == "12 messages, each once, unchanged but for trace headers, a header that matches ^Received:"
    )
    #expect(record.measured.keys.sorted() == ["accept", "arrival"])
    #expect(record.transcriptLines.contains { $0.contains("RCPT TO:<user1@relaymark.test>") })
  }

  @Test("What is missing is named")
  func missing() async throws {
    let record = try await run(#""messages": 12"#) { message in
      [3, 7].contains(Self.number(of: message)) ? [] : [Self.mail(message)]
    }
    #expect(record.verdict == "fail")
    #expect(record.actual == "10 messages came; missing: 3, 7")
    #expect(record.reason == "arrive, line 4")
  }

  @Test("A second copy fails, unless the script allows it")
  func doubled() async throws {
    let way: Way = { message in
      Array(repeating: Self.mail(message), count: Self.number(of: message) == 5 ? 2 : 1)
    }
    let record = try await run(#""messages": 12"#, way: way)
    #expect(record.verdict == "fail")
    #expect(record.actual == "12 messages came; more than once: 5")
    let tolerant = try await run(#""messages": 12, "each": "at-least-once""#, way: way)
    #expect(tolerant.verdict == "pass")
  }

  @Test("A changed body is shown at its first line that differs, a changed header where it matters")
  func changed() async throws {
    let body: Way = { message in
      [Self.mail(message) { $0.dropLast(3) + Array("?\r\n".utf8) }]
    }
    let record = try await run(
      #""messages": 2, "content": "body unchanged""#, deliver: #""messages": 2"#, way: body)
    #expect(record.verdict == "fail")
    #expect(record.actual?.contains("changed: 1, 2 (body: line ") ?? false, "\(record)")
    let header: Way = { message in
      [Self.mail(message) { Array("X-Spam: no\r\n".utf8) + $0 }]
    }
    let added = try await run(
      #""messages": 2, "content": "unchanged but for trace headers""#, deliver: #""messages": 2"#,
      way: header)
    #expect(added.verdict == "fail")
    #expect(added.actual?.contains("header: line 1 was sent as") ?? false, "\(added)")
    let same = try await run(
      #""messages": 2, "content": "body unchanged""#, deliver: #""messages": 2"#, way: header)
    #expect(same.verdict == "pass")
    let traced = try await run(
      #""messages": 2, "content": "unchanged""#, deliver: #""messages": 2"#)
    #expect(traced.actual == "2 messages came; changed: 1, 2 (trace fields were added)")
  }

  @Test("The envelope has to be the one that is asked for, and the verdict may be milder")
  func envelope() async throws {
    let way: Way = { message in
      [SinkMail(sender: "other@x", recipients: ["USER1@x"], content: message.content)]
    }
    let record = try await run(
      #""messages": 1, "from": "${sender}", "to": "${sink}", "otherwise": "warn""#,
      deliver: #""messages": 1"#, way: way)
    #expect(record.verdict == "warn")
    #expect(
      record.actual
        == "1 message came; with another sender: 1 (<other@x>); for another recipient: 1 (<USER1@x>)"
    )
  }

  @Test("A header that is not as wanted is shown")
  func header() async throws {
    let record = try await run(
      #""messages": 1, "matches": "by c""#, deliver: #""messages": 1"#)
    #expect(record.verdict == "fail")
    #expect(
      record.actual?.hasPrefix(
        #"1 message came; with another header: 1 ("Received: from a\r\n\tby b;"#) ?? false,
      "\(record)")
  }

  @Test("A header that is not to be there is shown where it is")
  func unwantedHeader() async throws {
    let record = try await run(
      #""messages": 1, "matches-not": "b[^;]; Thu""#, deliver: #""messages": 1"#)
    #expect(record.verdict == "pass", "\(record)")
    let found = try await run(
      #""messages": 1, "matches-not": "b[^;]*; Thu""#, deliver: #""messages": 1"#)
    #expect(
      found.actual == #"1 message came; with another header: 1 ("by b; Thu")"#, "\(found)")
  }

  @Test("A message whose mark was taken away is known by its Message-ID")
  func withoutMark() async throws {
    let record = try await run(#""messages": 12"#) { message in
      let text = String(decoding: message.content, as: UTF8.self)
      let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("X-Relaymark") }
      return [
        SinkMail(
          sender: "", recipients: [], content: Array(lines.joined(separator: "\r\n").utf8))
      ]
    }
    #expect(record.verdict == "pass", "\(record)")
  }

  @Test("Exact content gets its mark, and arrives as it was given")
  func exact() async throws {
    let record = try await run(
      #""messages": 2, "content": "unchanged but for trace headers""#,
      deliver: #""messages": 2, "message": {"write": "Subject: x\r\n\r\n.dots  \r\nno end"}"#)
    #expect(record.verdict == "pass", "\(record)")
  }

  @Test("Where nothing may come, time passes; what comes all the same fails")
  func nothing() async throws {
    let quiet = try await run(#""messages": 0"#) { _ in [] }
    #expect(quiet.verdict == "pass" && quiet.actual == "0 messages came")
    let loud = try await run(#""messages": 0"#, within: "1h")
    #expect(loud.verdict == "fail")
    #expect(loud.actual?.hasSuffix("more than wanted") ?? false)
  }

  @Test("Where nothing at all came, or the target reports, nothing is judged")
  func inconclusive() async throws {
    let silent = try await run(#""messages": 12"#) { _ in [] }
    #expect(silent.verdict == "inconclusive")
    #expect(silent.reason?.contains("does the target deliver there?") ?? false)
    let reported = try await run(#""messages": 12"#) { message in
      guard Self.number(of: message) == 4 else { return [Self.mail(message)] }
      let notice = Array("Subject: Undelivered\r\n\r\n".utf8) + message.content
      return [SinkMail(sender: "", recipients: [message.sender], content: notice)]
    }
    #expect(reported.verdict == "inconclusive")
    #expect(reported.reason?.contains("reports") ?? false)
  }

  @Test(
    "A message that the target does not take is judged by the delivery, and nothing is waited for")
  func refused() async throws {
    let record = try await run(
      #""messages": 1"#, within: "1h",
      deliver: #""messages": 1, "message": {"write": "a\nb\r\n"}"#)
    #expect(record.verdict == "inconclusive")
    #expect(record.actual?.hasPrefix("554 5.6.0") ?? false, "\(record)")
  }

  @Test("The sink is told its answers while the check runs, and to be honest again behind it")
  func script() async throws {
    let told = Mutex<[SinkScript?]>([])
    let desk = SinkDesk(settling: .zero) { script in told.withLock { $0.append(script) } }
    let script = SinkScript(replies: [.init(stage: .rcpt, times: 1, answer: .close(.fin))])
    var profile = TargetProfile.embedded(port: 25, role: .relay, authority: [])
    profile.tls.trust = .unverified
    let gate = MemoryGate(
      try await SessionSettings.make(for: profile, mode: .check, run: "run", seed: 1))
    let runner = CheckRunner(
      carrier: MemoryCarrier(gate: gate, relay: MemoryRelay(.relay)), sink: desk)
    _ = try await runner.perform([], script)
    #expect(told.withLock { $0 } == [script, nil])
  }

  @Test("Strangers' messages and numbers that were never sent are passed over")
  func strangers() {
    let desk = SinkDesk(settling: .zero)
    desk.expect(
      Consignment(run: "r-d1", messages: 1, contents: { _ in [] }, keepsHeaders: false))
    for text in [
      "", "\r\n", ":\r\n\r\n", " folded\r\n", "X-Relaymark-Run: r-d1\r\n\r\n",
      "X-Relaymark-Run: r-d1\r\nX-Relaymark-Message: 2\r\n\r\n",
      "X-Relaymark-Run: r-d2\r\nX-Relaymark-Message: 1\r\n\r\n",
      "Message-ID: <r-d1.1.99999999999999999999@x>\r\n\r\n", "Message-ID: <a.b@c>\r\n\r\n",
    ] {
      desk.take(SinkMail(sender: "a@b", recipients: ["c@d"], content: Array(text.utf8)))
    }
    #expect(desk.received == 9)
    #expect(desk.consignments(of: ["r-d1"]).first?.arrived.isEmpty ?? false)
  }
}

@Suite struct ContentComparisonTests {
  private static let sent = "Received: from x by y; z\r\nSubject: a\r\n\r\nb\r\n.c \r\n"

  private func compare(_ arrived: String, sent: String = sent) -> ContentComparison {
    ContentComparison(sent: Array(sent.utf8), arrived: Array(arrived.utf8))
  }

  @Test("The same octets are unchanged; a last line gets its CRLF")
  func unchanged() {
    #expect(compare(Self.sent) == .unchanged)
    #expect(compare("a: b\r\n\r\nc\r\n", sent: "a: b\r\n\r\nc") == .unchanged)
  }

  @Test("Trace fields before it, folded ones too, are none of the message")
  func traced() {
    let trace = "Return-Path: <>\r\nReceived: from p\r\n\tby q; r\r\n"
    #expect(compare(trace + Self.sent) == .traced)
  }

  @Test(
    "What else is different is told with its line",
    arguments: [
      (
        "Subject: a\r\n\r\nb\r\n.c \r\n",
        ContentComparison.headerChanged(
          #"header: line 1 was sent as "Received: from x by y; z\r\n" and came as "Subject: a\r\n""#
        )
      ),
      (
        "X: y\r\n" + sent,
        .headerChanged(
          #"header: line 1 was sent as "Received: from x by y; z\r\n" and came as "X: y\r\n""#)
      ),
      (
        "Received: from x by y; z\r\nSubject: a\r\n\r\nb\r\n.c\r\n",
        .changed(#"body: line 2 was sent as ".c \r\n" and came as ".c\r\n""#)
      ),
      (
        "Received: from x by y; z\r\nSubject: a\r\n\r\nb\r\n",
        .changed(#"body: line 2 is missing: ".c \r\n""#)
      ),
      (sent + "d\r\n", .changed(#"body: line 3 was added: "d\r\n""#)),
      ("", .changed(#"body: line 1 is missing: "b\r\n""#)),
    ])
  func different(arrived: String, comparison: ContentComparison) {
    #expect(compare(arrived) == comparison)
  }
}
