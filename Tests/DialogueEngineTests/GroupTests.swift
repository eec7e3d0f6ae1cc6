// SPDX-License-Identifier: Apache-2.0
//
// Groups and what follows them: the limit of a group, and messages that are sent only when asked for.

import DialogueEngine
import MailContent
import ScenarioLanguage
import Testing

@Suite("Groups and what follows them")
struct GroupTests {
  @Test("F023: a reply of a group that does not come is missed within the group's own limit")
  func limit() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [[.nothing]]
    var step = group(
      member("MAIL FROM:<a@b>", "reply"), member("RCPT TO:<c@d>", "reply"),
      member("RSET", "reply"))
    step.within = .fixed(.seconds(7))
    let stage = try Stage(session([step]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.steps.contains { $0.answer.description.hasPrefix("no reply within 7") })
  }

  @Test("A message that waits to be asked is sent behind 354 only", arguments: ["354", "554"])
  func whenAsked(code: String) throws {
    var peer = ScriptedPeer()
    peer.answers["DATA"] = [[.say(Array("\(code) then\r\n".utf8))]]
    let data = send("DATA", "reply")
    let message = sendMessage(100, "reply", shape: WriteShape(isOnlyWhenAsked: true))
    let stage = try Stage(
      session(Array(envelope.prefix(2)) + [data, message, send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.peer.content.isEmpty == (code == "554"))
    #expect(stage.peer.commands.contains("NOOP"))
  }
}
