// SPDX-License-Identifier: Apache-2.0
//
// Field cases that say what a target deserves, by number: the check that is about it plays against a
// server that behaves so, in memory, and has to come to the verdict.

import DialogueEngine
import ReferenceRelay
import ScenarioLanguage
import Testing

/// A field case with the check that judges it.
struct FieldVerdict: Sendable, CustomTestStringConvertible {
  /// Number and what the server does.
  var name: String
  /// The id of the check.
  var check: String
  var server: Server
  var verdict: Verdict
  /// The session that is played, where the check has several.
  var session = "main"

  enum Server: Sendable {
    /// Honest but for these answers, verb by verb (`.` ends a message), first use first.
    case answers([String: [[PeerAction]]])
    /// Says this while a message comes, after so many octets, and then ends the connection or not.
    case interrupts(octets: Int, [PeerAction])
    /// The embedded relay with a fault.
    case fault(String)
  }

  init(
    _ name: String, _ check: String, _ server: Server, _ verdict: Verdict, session: String = "main"
  ) {
    self.name = name
    self.check = check
    self.server = server
    self.verdict = verdict
    self.session = session
  }

  var testDescription: String { name }
}

@Suite("Field cases: verdicts")
struct FieldVerdictTests {
  private static let root =
    String(#filePath.dropLast("Tests/DialogueEngineTests/FieldVerdictTests.swift".count))
    + "Scenarios"

  private func play(_ verdict: FieldVerdict) throws -> [Verdict?] {
    let scenario = try Scenario.decode(
      file: "\(Self.root)/\(verdict.check).json", root: Self.root)
    var profile = TargetProfile.embedded(port: 25, role: .relay, authority: [])
    profile.tls.mode = scenario.start == .secure ? .starttls : .none
    profile.level = .bounded
    let program = try Compiler.compile(scenario, for: profile, run: "field")
    return try program.runs.map { run in
      let session = try #require(run.sessions.first { $0.name == verdict.session })
      let stage = try Stage(session, peer: peer(of: verdict))
      if case .fault(let name) = verdict.server {
        let fault = try #require(RelayFaultCatalogue.fault(named: name))
        stage.relay = RelayInMemory(RelayConfiguration(faults: [fault.init()]))
      }
      stage.run()
      return stage.record.verdict
    }
  }

  private func peer(of verdict: FieldVerdict) -> ScriptedPeer {
    var peer = ScriptedPeer()
    peer.hello = ["250-peer.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 STARTTLS\r\n"]
    switch verdict.server {
    case .answers(let answers): peer.answers = answers
    case .interrupts(let octets, let actions): peer.duringMessage = [(octets, actions)]
    case .fault: break
    }
    return peer
  }

  @Test("The check comes to the verdict of the field case", arguments: order + content + limits)
  func verdict(_ wanted: FieldVerdict) throws {
    let verdicts = try play(wanted)
    #expect(verdicts.contains(wanted.verdict), "\(wanted.name): \(verdicts)")
    #expect(!verdicts.isEmpty)
    // No repetition is worse than what the case deserves.
    for case let found? in verdicts { #expect(found.weight <= wanted.verdict.weight) }
  }

  // MARK: - Order

  private static let hello: [PeerAction] = ["250-peer.test\r\n250 STARTTLS\r\n"]
  private static let ok: [PeerAction] = ["250 2.0.0 ok\r\n"]
  private static let badOrder: [PeerAction] = ["503 5.5.1 bad sequence\r\n"]

  static let order: [FieldVerdict] = [
    FieldVerdict(
      "F035: RSET before EHLO gets 503", "rfc5321/4.1.1.5-rset/before-hello",
      .answers(["RSET": [badOrder]]), .warn),
    FieldVerdict(
      "F036: a second EHLO gets 503", "rfc5321/4.1.1.1-ehlo/clears-the-transaction",
      .answers(["EHLO": [hello, badOrder]]), .fail),
    FieldVerdict(
      "F037: a second MAIL is accepted and the recipients stay", "rfc5321/4.1.1.2-mail/not-twice",
      .answers([:]), .fail),
    FieldVerdict(
      "F042: EHLO inside a transaction does not end it",
      "rfc5321/4.1.1.1-ehlo/clears-the-transaction", .answers([:]), .fail),
    FieldVerdict(
      "F043: a command out of order gets 502, as everything does",
      "rfc5321/4.1.4-order/data-before-mail", .answers(["DATA": [["502 5.5.2 no\r\n"]]]), .warn),
    FieldVerdict(
      "F045: the EHLO before TLS counts inside it", "rfc3207/4.2-state/forgets-hello",
      .answers(["MAIL": [badOrder, ok, ok]]), .fail),
    FieldVerdict(
      "F048: MAIL is accepted behind a greeting of 554",
      "rfc5321/3.1-greeting/refusal-waits-for-quit",
      .answers(["connect": [["554 5.7.1 rejected\r\n"]]]), .fail),
    FieldVerdict(
      "F032: EHLO and QUIT in one write are both answered", "rfc2920/3.1-groups/ehlo-comes-last",
      .answers([:]), .warn),
    FieldVerdict(
      "F032: QUIT behind EHLO ends the connection", "rfc2920/3.1-groups/ehlo-comes-last",
      .answers(["QUIT": [["554 5.5.0 SMTP protocol synchronization\r\n", .finish]]]), .pass),
    FieldVerdict(
      "F133: an EHLO name of other octets than ASCII is accepted",
      "rfc5321/2.4-syntax/eight-bit-name", .answers([:]), .warn),
    FieldVerdict(
      "F137: an address literal in EHLO is refused; the register has it as a SHOULD",
      "rfc5321/4.1.1.1-ehlo/takes-address-literals",
      .answers(["EHLO": [["501 invalid domain name\r\n"]]]), .warn),
    FieldVerdict(
      "F137: an address literal that is none is accepted", "rfc5321/4.1.3-literals/malformed",
      .answers([:]), .warn),
    FieldVerdict(
      "F142: a recipient is greylisted", "rfc5321/4.1.1.5-rset/forgets-recipients",
      .answers(["RCPT": [["451 4.7.1 Greylisted, try again in 00:05:00\r\n"]]]), .inconclusive),
    FieldVerdict(
      "F143: 252 to everybody confirms nobody", "rfc5321/3.5.3-verify/confirms-nobody-unknown",
      .answers(["VRFY": [["252 try it\r\n"]]]), .pass),
    FieldVerdict(
      "F143: 252 to users and others alike tells nothing", "rfc5321/7.3-verify/no-difference",
      .answers(["VRFY": [["252 try it\r\n"], ["252 try it\r\n"]]]), .pass),
    FieldVerdict(
      "F136: RCPT to a stranger is accepted, the message is not",
      "rfc5321/3.6.2-relaying/strangers-are-refused",
      .answers(["DATA": [["554 5.7.1 relay access denied\r\n"]]]), .info),
    FieldVerdict(
      "F136: a message to a stranger is accepted", "rfc5321/3.6.2-relaying/strangers-are-refused",
      .answers([:]), .fail),
    FieldVerdict(
      "F136: a login is wanted of strangers", "rfc5321/3.6.2-relaying/strangers-are-refused",
      .answers(["MAIL": [["530 5.7.0 log in first\r\n"]]]), .pass),
  ]

  // MARK: - Messages

  static let content: [FieldVerdict] = [
    FieldVerdict(
      "F068: a lone CR in the text is refused", "rfc5321/4.1.1.4-data/cr-dot-cr",
      .answers([".": [["554 5.6.0 bare CR\r\n"]]]), .pass),
    FieldVerdict(
      "F068: a lone CR in the text is taken for text", "rfc5321/4.1.1.4-data/cr-dot-cr",
      .answers([:]), .pass),
    FieldVerdict(
      "F071: the octets of a refused chunk are read as commands",
      "rfc3030/2-bdat/without-recipient", .fault("executes-refused-chunks"), .fail),
    FieldVerdict(
      "F073: chunks are out of order behind a refused message", "rfc3030/2-bdat/after-a-refusal",
      .fault("forgets-chunking-after-refusal"), .fail),
    FieldVerdict(
      "F111: a message that speaks of STARTTLS is refused",
      "rfc5321/4.1.1.4-data/commands-in-the-text", .fault("obeys-commands-in-messages"), .fail),
    FieldVerdict(
      "F115: LF . CRLF ends a message", "rfc5321/4.1.1.4-data/lf-dot-crlf",
      .fault("lf-dot-crlf-ends-content"), .fail),
    FieldVerdict(
      "F117: CR CR LF counts as CRLF around a dot, which no sender leaves unstuffed",
      "rfc5321/4.1.1.4-data/crcrlf", .fault("extra-cr-ends-content"), .warn),
    FieldVerdict(
      "F119: CRLF . LF ends a message, whatever becomes of the commands behind it",
      "rfc5321/4.1.1.4-data/crlf-dot-lf", .fault("crlf-dot-lf-ends-content"), .fail),
    FieldVerdict(
      "F121: 451 at LF . LF, and the rest is read as commands", "rfc5321/4.1.1.4-data/lf-dot-lf",
      .interrupts(octets: 1, ["451 4.5.0 bare LF\r\n", "250 2.0.0 smuggled\r\n"]), .fail),
    FieldVerdict(
      "F121: 451 at LF . LF, and the rest is swallowed", "rfc5321/4.1.1.4-data/lf-dot-lf",
      .answers([".": [["451 4.5.0 bare LF\r\n"]]]), .pass),
    FieldVerdict(
      "F062: a size is announced and not enforced", "rfc1870/4-limit/message-above-the-limit",
      .fault("takes-messages-of-any-size"), .fail),
  ]

  // MARK: - Limits

  /// Answers RCPT with 250 so often, then twice with a refusal.
  private static func refusal(_ reply: String, _ after: Int) -> [String: [[PeerAction]]] {
    let actions: [PeerAction] = [.say(Array("\(reply)\r\n".utf8))]
    return ["RCPT": Array(repeating: ok, count: after) + [actions, actions]]
  }

  static let limits: [FieldVerdict] = [
    FieldVerdict(
      "F124: a line of 3000 octets is refused with 500",
      "rfc5321/4.5.3.1-limits/command-of-3000-octets",
      .answers(["NOOP": [["500 5.5.2 line too long\r\n"]]]), .pass),
    FieldVerdict(
      "F125: a body that drips is cut off", "abuse/slow-data/sender-is-cut-off",
      .interrupts(octets: 20, ["421 4.4.2 timeout\r\n", .finish]), .pass, session: "slow"),
    FieldVerdict(
      "F125: a body may drip as long as it likes", "abuse/slow-data/sender-is-cut-off",
      .answers([:]), .warn, session: "slow"),
    FieldVerdict(
      "F129: recipient 51 is refused", "rfc5321/4.5.3.1-limits/a-hundred-recipients",
      .answers(refusal("452 4.5.3 too many recipients", 50)), .fail),
    FieldVerdict(
      "F129: a hundred recipients are accepted", "rfc5321/4.5.3.1-limits/a-hundred-recipients",
      .answers(refusal("452 4.5.3 too many recipients", 100)), .pass),
    FieldVerdict(
      "F129: recipient 102 is refused with 452", "rfc5321/4.5.3.1-limits/too-many-recipients",
      .answers(refusal("452 4.5.3 too many recipients", 101)), .pass),
    FieldVerdict(
      "F129: recipient 102 is refused with 550", "rfc5321/4.5.3.1-limits/too-many-recipients",
      .answers(refusal("550 5.5.3 too many recipients", 101)), .warn),
  ]
}
