// SPDX-License-Identifier: Apache-2.0
//
// MAIL and RCPT: addresses, parameters, and who may send to whom.

import ReferenceRelay
import Testing

@Suite struct EnvelopeTests {
  private func desk(_ change: (inout RelayConfiguration) -> Void = { _ in }) -> Desk {
    let desk = Desk(peer: RelayPeer(address: "192.0.2.9", localAddress: "192.0.2.1"), change)
    desk.send("EHLO x\r\n")
    return desk
  }

  @Test(
    "MAIL",
    arguments: [
      ("<a@b.example>", "250 2.1.0"), ("<>", "250 2.1.0"), ("<\"a b\"@c.d>", "250 2.1.0"),
      ("<@r.example,@s.example:a@b.example>", "250 2.1.0"), ("<a@[192.0.2.3]>", "250 2.1.0"),
      ("<a@[IPv6:2001:db8::1]>", "250 2.1.0"), ("<a@[2001:db8::1]>", "501 5.1.7"),
      ("<a@[x-tag:what]>", "501 5.1.7"), ("a@b.example", "501 5.1.7"), ("< >", "501 5.1.7"),
      ("<a>", "501 5.1.7"), ("<a@b_c.example>", "501 5.1.7"), ("<\u{FC}@b.example>", "550 5.6.7"),
      ("<\u{FC}@b.example> SMTPUTF8", "250 2.1.0"), ("<a@b.c> SMTPUTF8=1", "501 5.5.4"),
      ("<a@b.c> SIZE=1000", "250 2.1.0"), ("<a@b.c> size=0", "250 2.1.0"),
      ("<a@b.c> SIZE=33554432", "250 2.1.0"), ("<a@b.c> SIZE=33554433", "552 5.3.4"),
      ("<a@b.c> SIZE=99999999999999999999", "552 5.3.4"),
      ("<a@b.c> SIZE=000000000000000000001", "501 5.5.4"), ("<a@b.c> SIZE", "501 5.5.4"),
      ("<a@b.c> SIZE=", "501 5.5.4"), ("<a@b.c> SIZE=-1", "501 5.5.4"),
      ("<a@b.c> SIZE=1 SIZE=1", "501 5.5.4"), ("<a@b.c> SIZE=1=2", "501 5.5.4"),
      ("<a@b.c> BODY=7BIT", "250 2.1.0"), ("<a@b.c> body=8bitmime", "250 2.1.0"),
      ("<a@b.c> BODY=BINARYMIME", "250 2.1.0"), ("<a@b.c> BODY=9BIT", "501 5.5.4"),
      ("<a@b.c> RET=HDRS ENVID=q+2Bx", "250 2.1.0"), ("<a@b.c> RET=SOME", "501 5.5.4"),
      ("<a@b.c> ENVID=+2", "501 5.5.4"), ("<a@b.c> NOTIFY=NEVER", "555 5.5.4"),
      ("<a@b.c> AUTH=<>", "555 5.5.4"), ("<a@b.c> XUNKNOWN=1", "555 5.5.4"),
    ])
  func mail(argument: String, status: String) {
    #expect(statuses(desk().send("MAIL FROM:\(argument)\r\n")) == status)
  }

  @Test(
    "RCPT",
    arguments: [
      ("<user1@relaymark.test>", "250 2.1.5"), ("<USER1@RelayMark.TEST>", "250 2.1.5"),
      ("<\"user1\"@relaymark.test>", "250 2.1.5"), ("<user1+tag@relaymark.test>", "250 2.1.5"),
      ("<postmaster>", "250 2.1.5"), ("<PostMaster>", "250 2.1.5"),
      ("<PostMaster@relaymark.test>", "250 2.1.5"),
      ("<postmaster@relay.relaymark.test>", "250 2.1.5"),
      ("<user1@relay.relaymark.test>", "550 5.1.1"), ("<postmaster@[192.0.2.1]>", "250 2.1.5"),
      ("<user1@[192.0.2.77]>", "550 5.7.1"), ("<anybody@sink.test>", "250 2.1.5"),
      ("<nobody@relaymark.test>", "550 5.1.1"), ("<a@foreign.example>", "550 5.7.1"),
      ("<@foreign.example:user1@relaymark.test>", "250 2.1.5"),
      ("<@relaymark.test:a@foreign.example>", "550 5.7.1"),
      ("<a%foreign.example@relaymark.test>", "550 5.1.1"),
      ("<\"a@foreign.example\"@relaymark.test>", "550 5.1.1"),
      ("<foreign.example!a@relaymark.test>", "550 5.1.1"),
      ("<user1@sub.relaymark.test>", "550 5.7.1"),
      ("<user1@xrelaymark.test>", "550 5.7.1"), ("<user1@localhost>", "550 5.7.1"),
      ("<>", "501 5.1.3"), ("<user1>", "501 5.1.3"), ("user1@relaymark.test", "501 5.1.3"),
      ("<user1@relaymark.test.>", "501 5.1.3"), ("<\"\"@relaymark.test>", "501 5.1.3"),
      ("<user1@[999.1.1.1]>", "501 5.1.3"), ("<\u{FC}@relaymark.test>", "553 5.6.7"),
      ("<user1@relaymark.test> NOTIFY=SUCCESS,delay", "250 2.1.5"),
      ("<user1@relaymark.test> NOTIFY=NEVER,DELAY", "501 5.5.4"),
      ("<user1@relaymark.test> NOTIFY=FAILURE,FAILURE", "501 5.5.4"),
      ("<user1@relaymark.test> ORCPT=rfc822;a+2Bb@c.d", "250 2.1.5"),
      ("<user1@relaymark.test> ORCPT=utf-8;a\\x{FC}b@c.d", "250 2.1.5"),
      ("<user1@relaymark.test> ORCPT=rfc822", "501 5.5.4"),
      ("<user1@relaymark.test> NOTIFY=NEVER NOTIFY=NEVER", "501 5.5.4"),
      ("<user1@relaymark.test> SIZE=1", "555 5.5.4"),
    ])
  func recipient(argument: String, status: String) {
    let desk = desk()
    desk.send("MAIL FROM:<a@b.example>\r\n")
    #expect(statuses(desk.send("RCPT TO:\(argument)\r\n")) == status)
  }

  @Test("UTF-8 addresses are mailboxes like others where SMTPUTF8 was asked for")
  func internationalized() {
    let desk = desk()
    desk.send("MAIL FROM:<\u{FC}ser@b.example> SMTPUTF8\r\n")
    #expect(statuses(desk.send("RCPT TO:<\u{7528}\u{6237}@relaymark.test>\r\n")) == "550 5.1.1")
    #expect(statuses(desk.send("RCPT TO:<\u{7528}\u{6237}@sink.test>\r\n")) == "250 2.1.5")
  }

  @Test("Recipients past the limit get 452, and those before them stay")
  func tooManyRecipients() {
    let desk = desk { $0.limits.recipients = 3 }
    desk.send("MAIL FROM:<a@b.example>\r\n")
    let line = "RCPT TO:<user1@relaymark.test>\r\n"
    let said = desk.send(String(repeating: line, count: 5) + "DATA\r\n")
    #expect(
      statuses(said) == "250 2.1.5, 250 2.1.5, 250 2.1.5, 452 4.5.3, 452 4.5.3, 354")
    desk.send("x\r\n.\r\n")
    #expect(desk.counters.recipients == 3)
    #expect(desk.counters.refusals == [452: 2])
  }

  @Test("Addresses command replies where that is on")
  func commandedReplies() {
    let desk = desk { $0.obeysAddresses = true }
    #expect(statuses(desk.send("MAIL FROM:<mail451_4.7.1@b.example>\r\n")) == "451 4.7.1")
    desk.send("MAIL FROM:<a@b.example>\r\n")
    #expect(statuses(desk.send("RCPT TO:<rcpt550@sink.test>\r\n")) == "550")
    #expect(statuses(desk.send("RCPT TO:<data552_5.2.2@sink.test>\r\n")) == "250 2.1.5")
    #expect(statuses(desk.send("DATA\r\n")) == "354")
    #expect(statuses(desk.send("x\r\n.\r\n")) == "552 5.2.2")
  }
}
