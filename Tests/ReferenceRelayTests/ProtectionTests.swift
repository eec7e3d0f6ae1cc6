// SPDX-License-Identifier: Apache-2.0
//
// What the relay bears, and for how long: errors, noise, long lines, slow and silent clients; and the
// scripted rules.

import ReferenceRelay
import Testing

@Suite struct ProtectionTests {
  private func desk(_ change: (inout RelayConfiguration) -> Void = { _ in }) -> Desk {
    let desk = Desk(.relay, change)
    _ = desk.take()
    return desk
  }

  private let message =
    "MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n"

  @Test("One error too many ends the session with 421; a message wipes the slate")
  func errors() {
    let desk = desk { $0.limits.errors = 3 }
    desk.send("EHLO x\r\n")
    #expect(codes(desk.send("A\r\nB\r\nC\r\n" + message)) == "500 500 500 250 250 354")
    #expect(codes(desk.send("x\r\n.\r\nA\r\nB\r\nC\r\nD\r\nNOOP\r\n")) == "250 500 500 500 421")
    #expect(desk.close == .orderly)
  }

  @Test("Noise counts as errors beyond its limit")
  func junk() {
    let desk = desk {
      $0.limits.junkCommands = 4
      $0.limits.errors = 1
    }
    let said = desk.send("NOOP\r\nRSET\r\nVRFY x\r\nHELP\r\nNOOP\r\nNOOP\r\n")
    #expect(codes(said) == "250 250 252 214 250 421")
    #expect(desk.close == .orderly)
  }

  @Test(
    "A line too long is answered once, at its end, and the session goes on", arguments: [511, 2046])
  func longLines(length: Int) {
    let desk = desk()
    let line = "NOOP " + String(repeating: "x", count: length - 5)
    #expect(codes(desk.send(line + "\r\nNOOP\r\n")) == "250 250")
    let longer = line + String(repeating: "x", count: 2047 - length)
    #expect(statuses(desk.send(longer + "\r\nNOOP\r\n")) == "500 5.5.2, 250 2.0.0")
    let longest = String(repeating: "y", count: 30_000)
    #expect(statuses(desk.send(longest + "\r\nNOOP\r\n")) == "500 5.5.2, 250 2.0.0")
  }

  @Test("A line that never ends is cut off")
  func endlessLine() {
    let desk = desk()
    let piece = String(repeating: "z", count: 16_384)
    for _ in 0..<4 { #expect(desk.send(piece) == "") }
    #expect(statuses(desk.send(piece)) == "421 4.7.0")
    #expect(desk.close == .orderly)
  }

  @Test(
    "A silent client is told so after five minutes, dripping octets or not", arguments: [0, 20])
  func silence(octets: Int) {
    let desk = desk()
    desk.send("NOOP\r\n")
    for _ in 0..<octets {
      #expect(desk.wait(.seconds(14)) == "")
      desk.send("x")
    }
    #expect(desk.wait(.seconds(299 - 14 * octets)) == "")
    #expect(statuses(desk.wait(.seconds(2))) == "421 4.4.2")
    #expect(desk.close == .orderly)
  }

  @Test("Content that drips is cut off in bounded time, content that flows is not")
  func slowContent() {
    let slow = desk()
    slow.send("EHLO x\r\n")
    slow.send(message)
    for _ in 0..<59 {
      #expect(slow.wait(.seconds(5)) == "")
      slow.send("x")
    }
    #expect(statuses(slow.wait(.seconds(10))) == "421 4.4.2")
    let fast = desk()
    fast.send("EHLO x\r\n")
    fast.send(message)
    for _ in 0..<10 {
      #expect(fast.wait(.seconds(100)) == "")
      fast.send([UInt8](repeating: 120, count: 60_000))
    }
    #expect(codes(fast.send("\r\n.\r\n")) == "250")
  }

  @Test("MAIL beyond the limit of a connection gets 421, and the limit is told")
  func transactions() {
    let desk = desk { $0.limits.transactions = 1 }
    #expect(desk.send("EHLO x\r\n").contains("LIMITS MAILMAX=1 RCPTMAX=1000\r\n"))
    #expect(codes(desk.send("MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\nNOOP\r\n")) == "250 250 421")
    #expect(desk.close == .orderly)
  }

  // MARK: Rules

  @Test("A rule refuses so often, and the command has no effect")
  func refusals() {
    let desk = desk {
      $0.rules = [RelayRule(at: .rcpt, .reply(RelayReply(451, "4.3.0", "later")), times: 2)]
    }
    desk.send("EHLO x\r\n")
    let rcpt = "RCPT TO:<user1@relaymark.test>\r\n"
    #expect(codes(desk.send("MAIL FROM:<>\r\n\(rcpt)\(rcpt)DATA\r\n")) == "250 451 451 554")
    #expect(codes(desk.send("\(rcpt)RCPT TO:<nobody@relaymark.test>\r\nDATA\r\n")) == "250 550 354")
  }

  @Test("A connection ends with 421 after so many messages")
  func endsConnection() {
    let desk = desk { $0.rules = [.endsConnection(afterMessages: 2)] }
    desk.send("EHLO x\r\n")
    for _ in 0..<2 {
      desk.send(message)
      #expect(codes(desk.send(".\r\n")) == "250")
    }
    #expect(statuses(desk.send("MAIL FROM:<>\r\nNOOP\r\n")) == "421 4.7.0")
    #expect(desk.close == .orderly)
  }

  @Test(
    "What rules can do at each stage",
    arguments: [
      (RelayStage.ehlo, RelayRule.Act.close, "EHLO x\r\n", "", RelayClose.orderly),
      (.ehlo, .reset, "EHLO x\r\nNOOP\r\n", "", .reset),
      (.ehlo, .reply(RelayReply(421, "4.3.2", "no")), "EHLO x\r\n", "421", .orderly),
      (.ehlo, .reply(RelayReply(550, nil, "no")), "EHLO x\r\n", "550", nil),
      (.noop, .silence, "NOOP\r\nRSET\r\n", "250", nil), (.quit, .close, "QUIT\r\n", "", .orderly),
      (
        .bdat, .reply(RelayReply(452, nil, "no")), "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n", "503 250", nil
      ),
      (.other, .reply(RelayReply(502, nil, "no")), "WHAT\r\n", "502", nil),
    ] as [(RelayStage, RelayRule.Act, String, String, RelayClose?)])
  func acts(stage: RelayStage, act: RelayRule.Act, sends: String, said: String, close: RelayClose?)
  {
    let desk = desk { $0.rules = [RelayRule(at: stage, act)] }
    #expect(codes(desk.send(sends)) == said)
    #expect(desk.close == close)
  }

  @Test(
    "A rule at the end of a message refuses it",
    arguments: ["DATA\r\nx\r\n.\r\n", "BDAT 1 LAST\r\nx"])
  func refusesMessages(content: String) {
    let desk = desk {
      $0.rules = [RelayRule(at: .message, .reply(RelayReply(451, "4.3.0", "later")), times: 1)]
    }
    desk.send("EHLO x\r\n")
    let said = desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\n" + content)
    #expect(codes(said).hasSuffix("451"))
    #expect(desk.counters.accepted == 0 && desk.counters.refusals == [451: 1])
  }

  @Test("A scripted greeting with 554 turns the client away until QUIT")
  func turnedAway() {
    let desk = Desk { $0.rules = [RelayRule(at: .connect, .reply(RelayReply(554, nil, "no")))] }
    #expect(codes(desk.take()) == "554")
    #expect(codes(desk.send("EHLO x\r\nMAIL FROM:<>\r\nQUIT\r\n")) == "503 503 221")
  }

  @Test("A delayed answer keeps what comes behind it waiting, and the order")
  func delay() {
    let desk = desk { $0.rules = [RelayRule(at: .noop, .delay(.milliseconds(200)), times: 1)] }
    #expect(desk.send("NOOP\r\nRSET\r\n") == "")
    if case .hold = desk.step {} else { Issue.record("the machine does not hold") }
    #expect(desk.wait(.milliseconds(199)) == "")
    #expect(statuses(desk.wait(.milliseconds(1))) == "250 2.0.0, 250 2.0.0")
    #expect(desk.send("NOOP\r\n") == "250 2.0.0 OK\r\n")
  }

  @Test("Nobody talks before a late greeting")
  func earlyTalker() {
    let rule = RelayRule(at: .connect, .delay(.seconds(5)))
    let patient = Desk { $0.rules = [rule] }
    #expect(patient.take() == "" && codes(patient.wait(.seconds(5))) == "220")
    #expect(codes(patient.send("EHLO x\r\n")) == "250")
    let hasty = Desk { $0.rules = [rule] }
    #expect(statuses(hasty.send("EHLO x\r\n")) == "554 5.5.0")
    #expect(hasty.close == .orderly)
  }

  @Test("A tarpit grows with each match, up to its most")
  func tarpit() {
    let desk = desk {
      $0.rules = [RelayRule(at: .other, .tarpit(step: .seconds(1), most: .seconds(2)))]
    }
    var times: [Int64] = []
    for _ in 0..<4 {
      desk.send("WHAT\r\n")
      let deadline = desk.session.deadline?.nanoseconds ?? -1
      times.append(min(deadline - desk.time, 10_000_000_000) / 1_000_000_000)
      _ = desk.wait(.seconds(3))
    }
    #expect(times == [10, 1, 2, 2])
  }

  @Test("A stall holds every answer to its end")
  func stall() {
    let desk = desk { $0.rules = [.stalls(from: .seconds(10), for: .seconds(1))] }
    #expect(codes(desk.send("NOOP\r\n")) == "250")
    _ = desk.wait(.milliseconds(10_400))
    #expect(desk.send("NOOP\r\n") == "")
    #expect(desk.wait(.milliseconds(599)) == "")
    #expect(codes(desk.wait(.milliseconds(1))) == "250")
    #expect(codes(desk.send("NOOP\r\n")) == "250")
  }

  @Test(
    "Chance is drawn from the seed: the same one, the same connections",
    arguments: [1, 2] as [UInt64])
  func odds(seed: UInt64) {
    func dropped() -> [Int] {
      (1...1000).filter { number in
        let desk = Desk(peer: RelayPeer(number: number)) {
          $0.seed = seed
          $0.rules = [.drops(share: 0.1)]
        }
        return desk.close == .reset
      }
    }
    let first = dropped()
    #expect((60...140).contains(first.count))
    #expect(dropped() == first)
  }

  @Test("Clear text that comes while the reply to STARTTLS is late is nobody's input inside TLS")
  func lateClearText() {
    let desk = desk { $0.rules = [RelayRule(at: .starttls, .delay(.milliseconds(20)))] }
    #expect(desk.send("STARTTLS\r\n") == "")
    #expect(desk.send("NOOP injected\r\n") == "")
    #expect(codes(desk.wait(.milliseconds(20))) == "220")
    #expect(desk.finishHandshake() == "")
    #expect(codes(desk.send("EHLO client.example\r\n")) == "250")
  }
}
