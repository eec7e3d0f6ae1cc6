// SPDX-License-Identifier: Apache-2.0
//
// Proves that deliver and arrive steps are read, held against the rest of a scenario, and compiled.

import Testing

@testable import ScenarioLanguage

@Suite struct ErrandTests {
  private static let handOver =
    #"{"deliver": {"from": "${sender}", "to": "${sink}", "messages": 3}, "expect": "2xx"}"#

  private func errands(
    _ steps: String, for target: TargetProfile = .example(), head: String = ""
  ) throws -> [Errand] {
    let program = try dialogue(steps, head: head).compiled(for: target)
    #expect(program.sessions.isEmpty)
    return program.runs.flatMap(\.errands)
  }

  @Test("A delivery reaches the start state, then hands over one message after another")
  func delivery() throws {
    let errand = try #require(try errands(Self.handOver).first)
    guard case .deliver(let delivery) = errand.kind else {
      Issue.record("no delivery")
      return
    }
    #expect(delivery.messages == 3)
    let program = delivery.program(of: [Array("a\r\n".utf8), Array("b\r\n".utf8)])
    #expect(
      program.instructions.map(\.label) == [
        "connect", "greeting", "EHLO client.test", "STARTTLS",
        "MAIL FROM:<sender@relaymark.test>", "RCPT TO:<user1@relaymark.test>", "DATA", "message",
        "MAIL FROM:<sender@relaymark.test>", "RCPT TO:<user1@relaymark.test>", "DATA", "message",
        "QUIT",
      ])
    #expect(program.setup == 0..<4 && program.transaction == 4..<12 && program.teardown == 12..<13)
  }

  @Test("What a message needs is said in MAIL and asked of the target")
  func extensions() throws {
    let step =
      #"{"deliver": {"from": "", "to": "${sink}", "messages": 1, "message": {"8bitmime": true, "smtputf8": true}}, "expect": "2xx"}"#
    guard case .deliver(let delivery)? = try errands(step, for: .example(.submission)).first?.kind
    else {
      Issue.record("no delivery")
      return
    }
    #expect(delivery.session.needsExtensions == ["8BITMIME", "SMTPUTF8"])
    #expect(
      delivery.envelope.map(\.label) == [
        "MAIL FROM:<> BODY=8BITMIME SMTPUTF8", "RCPT TO:<someone@foreign.example>", "DATA",
      ])
  }

  @Test("An arrival has a limit, and says what has to come")
  func arrival() throws {
    let steps = """
      \(Self.handOver), {"wait": "1s"}, {"arrive": {"messages": 3}, "measure": "drain"},
      {"arrive": {"messages": 3, "each": "at-least-once", "content": "body unchanged",
        "from": "${sender}", "to": "x@${sink.domain}", "matches": "a", "matches-not": "b",
        "otherwise": "warn"}, "within": "3s"}
      """
    let errands = try errands(steps)
    guard errands.count == 4, case .arrive(let plain) = errands[2].kind,
      case .arrive(let full) = errands[3].kind
    else {
      Issue.record("not what was written")
      return
    }
    #expect(errands[2].measure == "drain")
    #expect(plain == Arrival(messages: 3, within: TargetProfile.defaultRetryWindow))
    #expect(
      full
        == Arrival(
          messages: 3, each: .atLeastOnce, content: .bodyUnchanged, sender: "sender@relaymark.test",
          recipient: "x@relaymark.test", header: [.matches("a"), .matchesNot("b")],
          otherwise: .warn, within: .seconds(3)))
  }

  @Test(
    "The sink's address is the profile's own, or follows the role",
    arguments: [
      (Role.relay, "user1@relaymark.test"), (.lmtp, "user1@relaymark.test"),
      (.submission, "someone@foreign.example"), (.submissions, "someone@foreign.example"),
    ])
  func address(role: Role, address: String) throws {
    #expect(TargetProfile.example(role).addresses[.sink] == address)
    var named = TargetProfile.embedded(port: 25, role: role, authority: [])
    named.addresses[.sink] = "own@example.org"
    named.connect(
      sink: TargetProfile.SinkAddress(host: "127.0.0.1", port: 1), window: .seconds(1))
    #expect(named.addresses[.sink] == "own@example.org")
    let bare = TargetProfile.embedded(port: 25, role: role, authority: [])
    #expect(
      try dialogue("\(Self.handOver), {\"arrive\": {\"messages\": 3}}").unmetNeeds(of: bare) == [
        "the profile has no sink address", "the profile has no sink",
      ])
  }

  @Test(
    "What does not go with deliver and arrive is told with place and cure",
    arguments: [
      (
        #"{"title": "T", "dialogue": [{"arrive": {"messages": 1}}]}"#,
        "1:29: an arrive step needs a deliver step before it"
      ),
      (
        #"{"title": "T", "dialogue": [\#(handOver), {"send": "NOOP", "expect": "250"}]}"#,
        "1:114: deliver and arrive steps use connections of their own; only wait goes with them"
      ),
      (
        #"{"title": "T", "sessions": {"a": {"dialogue": [\#(handOver)]}}}"#,
        "1:48: deliver and arrive steps do not go into named sessions"
      ),
      (
        #"{"title": "T", "transaction": [\#(handOver)]}"#,
        "1:32: deliver and arrive steps do not go into a load"
      ),
      (
        #"{"title": "T", "start": "greeted", "dialogue": [\#(handOver)]}"#,
        "1:16: a deliver step needs \"start\" to be hello, secure or ready"
      ),
      (
        #"{"title": "T", "dialogue": [{"deliver": {"from": "a@b", "to": "c@d", "messages": 1, "message": {"mark": false}}, "expect": "2xx"}]}"#,
        "1:85: messages to deliver need their mark: without it they are not known again at the sink"
      ),
      (
        #"{"title": "T", "dialogue": [{"deliver": {"from": "a@b", "to": "c@d", "messages": 1}, "expect": "silence", "within": "1s"}]}"#,
        "1:86: \"silence\" is no answer to a message that a deliver step sends"
      ),
      (
        #"{"title": "T", "dialogue": [\#(handOver), {"arrive": {"messages": 1}, "within": "3x median, at least 3s"}]}"#,
        "1:142: \"within\" of an arrive step is a duration or \"${profile.retry-window}\""
      ),
      (
        #"{"title": "T", "dialogue": [\#(handOver)], "sink": {"replies": [{"at": "rcpt", "close": "rstt"}]}}"#,
        "1:160: unknown close \"rstt\"; did you mean \"rst\"?"
      ),
    ])
  func mistakes(text: String, problem: String) {
    #expect(problems(text) == ["test.json:\(problem)"])
  }
}
