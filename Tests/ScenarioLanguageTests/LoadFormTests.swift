// SPDX-License-Identifier: Apache-2.0
//
// One transaction in every form: what goes out together, which parameters stand where, and what a
// form refuses.

import MailContent
import Testing

@testable import ScenarioLanguage

struct LoadFormTests {
  static let steps = """
    {"send": "MAIL FROM:<${sender}>", "expect": "250"},
    {"send": "RCPT TO:<${recipient}>", "expect": "250"},
    {"send": "DATA", "expect": "354"},
    {"message": {"size": 2048}, "expect": "250"}
    """
  static let mail = "MAIL FROM:<sender@relaymark.test>"
  static let rcpt = "RCPT TO:<user1@relaymark.test>"

  private func session(
    _ steps: String = steps, head: String = "", role: Role = .relay
  ) throws -> SessionProgram {
    try decode(#"{"title": "T", \#(head) "transaction": [\#(steps)]}"#)
      .session(for: .example(role))
  }

  /// The transaction as it goes out: one entry a write.
  private func writes(_ session: SessionProgram) -> [String] {
    session.script.map { instruction in
      switch instruction.action {
      case .send(let template): text(template)
      case .group(let members, _): members.map { text($0.command) }.joined(separator: "|")
      case .message(let spec, _): "message \(spec.words)"
      case .bdat(.message(let spec), let chunks, let last, let pipelined):
        "BDAT \(chunks)\(last ? " LAST" : "")\(pipelined ? " together" : "") \(spec.words)"
      default: "\(instruction.action)"
      }
    }
  }

  private func text(_ template: Template) -> String {
    let text = template.pieces.map { piece in
      switch piece {
      case .octets(let octets), .secret(let octets): String(decoding: octets, as: UTF8.self)
      case .variable(.recipient(let each, let place)): "{\(each)*n+\(place)}"
      case .variable(let variable): "{\(variable.name)}"
      }
    }.joined()
    #expect(text.hasSuffix("\r\n"), "\(text)")
    return String(text.dropLast())
  }

  private func formed(
    _ session: SessionProgram, _ change: (inout LoadForm) -> Void
  ) -> (session: SessionProgram, misfits: [LoadForm.Misfit]) {
    var form = LoadForm()
    change(&form)
    var session = session
    let misfits = form.apply(to: &session)
    return (session, misfits)
  }

  @Test("A form that asks for nothing changes nothing")
  func nothing() throws {
    let plain = try session()
    let (same, misfits) = formed(plain) { _ in }
    #expect(writes(same) == writes(plain) && misfits.isEmpty)
    #expect(same.setup == plain.setup && same.transaction == plain.transaction)
    #expect(same.needsExtensions.isEmpty)
  }

  @Test(
    "Recipients are numbered as smtp-source numbers them",
    arguments: [
      (3, false, ["<3user1@", "<2user1@", "<user1@"]), (1, false, ["<user1@"]),
      (2, true, ["<{2*n+1}user1@", "<{2*n+2}user1@"]), (nil, true, ["<{1*n+1}user1@"]),
    ] as [(Int?, Bool, [String])])
  func recipients(count: Int?, numbers: Bool, expected: [String]) throws {
    let (session, misfits) = formed(try session()) {
      $0.recipients = count
      $0.numbersRecipients = numbers
    }
    #expect(misfits.isEmpty)
    let sent = writes(session).filter { $0.hasPrefix("RCPT") }
    #expect(sent == expected.map { "RCPT TO:\($0)relaymark.test>" })
    #expect(session.transaction.count == 3 + expected.count)
  }

  @Test("Recipients beside each other in a group stay in that group")
  func groupedRecipients() throws {
    let steps = """
      {"pipeline": [
        {"send": "MAIL FROM:<${sender}>", "expect": "250"},
        {"send": "RCPT TO:<${recipient}>", "expect": "250"},
        {"send": "RCPT TO:<${second}>", "expect": "250"},
        {"send": "DATA", "expect": "354"}]},
      {"message": {}, "expect": "250"}
      """
    let (session, _) = formed(try session(steps)) { $0.recipients = 3 }
    #expect(
      writes(session).first
        == "\(Self.mail)|RCPT TO:<3user1@relaymark.test>|RCPT TO:<2user1@relaymark.test>|"
        + "\(Self.rcpt)|DATA")
  }

  @Test(
    "Commands go out together as far as they may",
    arguments: [
      (.on, 1, ["M|R|D", "m"]), (.on, 3, ["M|R|R|R|D", "m"]), (.across, 2, ["M|R|R|D", "m"]),
      (.groups(of: 2), 3, ["M|R", "R|R", "D", "m"]), (.groups(of: 9), 1, ["M|R|D", "m"]),
      (.off, 2, ["M", "R", "R", "D", "m"]),
    ] as [(LoadForm.Pipelining, Int, [String])])
  func pipelining(way: LoadForm.Pipelining, recipients: Int, expected: [String]) throws {
    let (session, misfits) = formed(try session()) {
      $0.pipelining = way
      $0.recipients = recipients
    }
    #expect(misfits.isEmpty)
    let letters = writes(session).map { write in
      write.split(separator: "|").map { String($0.prefix(1)) }.joined(separator: "|")
    }
    #expect(letters == expected)
    #expect(session.sendsAhead == (way == .across))
    #expect(session.needsExtensions == (way == .off ? [] : ["PIPELINING"]))
    guard
      case .requireExtensions(["PIPELINING"])? = session.instructions[session.setup].last?.action
    else {
      #expect(way == .off)
      return
    }
  }

  @Test("Pipelining that the scenario has can be taken apart, and is no longer needed then")
  func apart() throws {
    let scenario = try Tree.scenario("load/pipelined.json")
    let (session, misfits) = formed(try scenario.session()) { $0.pipelining = .off }
    #expect(misfits.isEmpty && session.needsExtensions.isEmpty)
    #expect(session.script.count == 4)
    #expect(
      !session.instructions.contains {
        if case .requireExtensions = $0.action { true } else { false }
      })
    #expect(session.transaction.lowerBound == session.setup.upperBound)
    #expect(session.teardown.upperBound == session.instructions.count)
  }

  @Test("An envelope goes ahead only where nothing comes between the messages")
  func across() throws {
    let ways: [(inout LoadForm) -> Void] = [
      { $0.chunking = 1024 }, { $0.resets = true }, { $0.think = .seconds(1)...(.seconds(2)) },
    ]
    for way in ways {
      let (_, misfits) = formed(try session()) {
        $0.pipelining = .across
        way(&$0)
      }
      #expect(misfits.map(\.part) == [.pipelining])
      #expect(misfits.allSatisfy { $0.reason.hasPrefix("\"across\" ") })
    }
  }

  @Test("A command from whose reply a later one takes a value ends its group")
  func captures() throws {
    let steps = """
      {"send": "MAIL FROM:<${sender}>", "expect": "250", "capture": {"word": "text"}},
      {"send": "RCPT TO:<${word}@x.test>", "expect": "250"},
      {"send": "DATA", "expect": "354"}, {"message": {}, "expect": "250"}
      """
    let (session, _) = formed(try session(steps)) { $0.pipelining = .on }
    #expect(writes(session).prefix(2) == ["\(Self.mail)", "RCPT TO:<{word}@x.test>|DATA"])
  }

  @Test("Chunks stand in for DATA, in a group and out of it, and may go out without waiting")
  func chunking() throws {
    let (session, misfits) = formed(try session()) { $0.chunking = 1024 }
    #expect(misfits.isEmpty && session.needsExtensions == ["CHUNKING"])
    #expect(writes(session) == ["\(Self.mail)", "\(Self.rcpt)", "BDAT [1024] LAST 2048"])
    #expect(session.script.last?.phase == .bdat)
    let together = formed(try self.session()) {
      $0.chunking = 1024
      $0.pipelining = .on
    }.session
    #expect(
      writes(together) == ["\(Self.mail)|\(Self.rcpt)", "BDAT [1024] LAST together 2048"])
    let pipelined = try Tree.scenario("load/pipelined.json").session()
    let changed = formed(pipelined) { $0.chunking = 10 }.session
    #expect(writes(changed).count == 2 && writes(changed)[0].hasSuffix("user1@relaymark.test>"))
  }

  @Test("Parameters stand at the end of MAIL and RCPT, and messages follow them")
  func parameters() throws {
    let (session, misfits) = formed(try session()) {
      $0.eightBit = true
      $0.smtputf8 = true
      $0.notify = "success,delay"
    }
    #expect(misfits.isEmpty)
    #expect(
      writes(session) == [
        "\(Self.mail) BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=relaymark.{session}.{message}",
        "\(Self.rcpt) NOTIFY=SUCCESS,DELAY", "DATA", "message 2048 8bit utf8",
      ])
    #expect(session.needsExtensions == ["8BITMIME", "SMTPUTF8", "DSN"])
  }

  @Test("RSET goes between transactions once, a pause into the program, a file into the message")
  func rest() throws {
    let (session, misfits) = formed(try session()) {
      $0.resets = true
      $0.think = .seconds(1)...(.seconds(2))
      $0.messageFile = "mail.eml"
    }
    #expect(misfits.isEmpty && session.think == .seconds(1)...(.seconds(2)))
    #expect(session.instructions[session.between].map(\.label) == ["RSET"])
    #expect(session.between.upperBound == session.transaction.lowerBound)
    #expect(writes(session).last == "message mail.eml")
    let written = try self.session(
      head: #""between": [{"send": "RSET", "expect": "250"}],"#)
    #expect(formed(written) { $0.resets = true }.session.between.count == 1)
  }

  @Test("Another mechanism takes the place of the scenario's and of the profile's")
  func mechanism() throws {
    let login = try session(role: .submission)
    let (session, misfits) = formed(login) { $0.mechanism = .named("CRAM-MD5") }
    #expect(misfits.isEmpty)
    let plans = session.instructions.compactMap { instruction -> String? in
      guard case .auth(let plan) = instruction.action else { return nil }
      return plan.mechanism
    }
    #expect(plans == ["CRAM-MD5"])
  }

  @Test("What a transaction has no place for is refused with the reason")
  func misfits() throws {
    let noop = try session(#"{"send": "NOOP", "expect": "250"}"#)
    let (_, refused) = formed(noop) {
      $0.recipients = 2
      $0.messageFile = "x"
      $0.pipelining = .on
      $0.chunking = 1
      $0.eightBit = true
      $0.smtputf8 = true
      $0.notify = "never"
      $0.mechanism = .best
    }
    #expect(
      refused.map(\.part.rawValue) == [
        "auth", "recipients", "message-file", "8bitmime", "smtputf8", "dsn", "chunking",
        "pipelining",
      ])
    let (_, twice) = formed(try Tree.scenario("load/dsn.json").session()) { $0.notify = "never" }
    #expect(twice.map(\.reason) == ["the scenario says RET itself"])
    let shaped = Self.steps.replacing(
      #""size": 2048}"#, with: #""size": 2048}, "pace": {"octets": 1, "every": "1s"}"#)
    let (_, paced) = formed(try session(shaped)) { $0.chunking = 100 }
    #expect(paced.map(\.part) == [.chunking])
    let (_, early) = formed(try session(head: #""start": "greeted","#)) { $0.eightBit = true }
    #expect(early.map(\.reason) == ["no EHLO is said that could show whether 8BITMIME is offered"])
  }
}

extension MessageSpec {
  /// Size or file, and what is above ASCII.
  fileprivate var words: String {
    var text = eml ?? ""
    if case .fixed(let size) = self.size, eml == nil { text = "\(size)" }
    if eightBit { text += " 8bit" }
    if smtputf8 { text += " utf8" }
    return text
  }
}
