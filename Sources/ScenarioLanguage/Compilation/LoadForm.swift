// SPDX-License-Identifier: Apache-2.0
//
// The forms of the protocol in which a load can send the same transaction: how commands are grouped,
// how content travels, which parameters stand behind MAIL and RCPT. A change to a compiled session,
// so that one scenario serves every form.

import JSONText
import MailContent

/// What is asked of a load's transactions in place of what the scenario says.
package struct LoadForm: Sendable, Equatable {
  /// Recipients of each transaction, all made from the scenario's first.
  package var recipients: Int?
  /// Whether each recipient begins with a number that never comes again.
  package var numbersRecipients = false
  /// A message file, or a folder of `*.eml` files, in place of the scenario's messages.
  package var messageFile: String?
  package var pipelining: Pipelining?
  /// BDAT in chunks of so many octets in place of DATA (RFC 3030).
  package var chunking: Int?
  /// `BODY=8BITMIME`, and octets above 127 in generated messages (RFC 6152).
  package var eightBit = false
  /// `SMTPUTF8`, and UTF-8 in the header of generated messages (RFC 6531).
  package var smtputf8 = false
  /// The value of `NOTIFY`; RET and ENVID go with it (RFC 3461).
  package var notify: String?
  package var mechanism: Mechanism?
  /// RSET between the transactions of a connection.
  package var resets = false
  /// The pause of a session between two messages.
  package var think: ClosedRange<Duration>?

  package init() {}

  /// How many commands go out in one write.
  package enum Pipelining: Sendable, Equatable {
    /// One.
    case off
    /// As many as RFC 2920 lets a client send together.
    case on
    /// The same, and the envelope of the next message together with the content of this one.
    case across
    /// At most so many.
    case groups(of: Int)
  }

  package enum Mechanism: Sendable, Equatable {
    /// The best that both sides have.
    case best
    /// A SASL mechanism by its name.
    case named(String)
  }

  /// The parts of a form; the raw values are the words for them.
  package enum Part: String, Sendable, CaseIterable {
    case recipients
    case numberRecipients = "number-recipients"
    case messageFile = "message-file"
    case pipelining
    case chunking
    case eightBit = "8bitmime"
    case smtputf8
    case notify = "dsn"
    case mechanism = "auth"
    case resets = "rset"
    case think
  }

  /// A part that cannot be had from a scenario, and why.
  package struct Misfit: Error, Sendable, Equatable {
    package var part: Part
    package var reason: String
  }

  /// Gives a session this form.
  ///
  /// - Returns: The parts that the session has no place for; where there are any, it is to be left
  ///   unused.
  package func apply(to session: inout SessionProgram) -> [Misfit] {
    var change = FormChange(session: session)
    change.make(self)
    session = change.result
    return change.misfits
  }
}

/// One session on its way into another form.
private struct FormChange {
  private var session: SessionProgram
  private var setup: [Instruction]
  private var between: [Instruction]
  private var transaction: CommandRow
  private let teardown: [Instruction]
  private var wanted: [(part: LoadForm.Part, keyword: String)] = []
  private var dropped: Set<String> = []
  private(set) var misfits: [LoadForm.Misfit] = []

  init(session: SessionProgram) {
    self.session = session
    setup = Array(session.instructions[session.setup])
    between = Array(session.instructions[session.between])
    transaction = CommandRow(session.instructions[session.transaction])
    teardown = Array(session.instructions[session.teardown])
  }

  mutating func make(_ form: LoadForm) {
    if let mechanism = form.mechanism { log(in: mechanism) }
    if form.recipients != nil || form.numbersRecipients { setRecipients(form) }
    if let file = form.messageFile { setMessages(from: file) }
    if form.eightBit { setEightBit() }
    if form.smtputf8 { setInternational() }
    if let notify = form.notify { setNotification(notify) }
    if let size = form.chunking { setChunks(of: size) }
    if let pipelining = form.pipelining { setPipelining(pipelining) }
    if form.resets { resetBetween() }
    if let think = form.think { session.think = think }
    if form.pipelining == .across { sendAhead() }
    require()
  }

  /// The session with its parts put together again.
  var result: SessionProgram {
    var session = session
    let transaction = transaction.instructions
    session.instructions = setup + between + transaction + teardown
    let betweenStart = setup.count
    let start = betweenStart + between.count
    let end = start + transaction.count
    session.setup = 0..<betweenStart
    session.between = betweenStart..<start
    session.transaction = start..<end
    session.teardown = end..<session.instructions.count
    return session
  }

  private mutating func refuse(_ part: LoadForm.Part, _ reason: String) {
    misfits.append(LoadForm.Misfit(part: part, reason: reason))
  }

  // MARK: Envelope

  private mutating func setRecipients(_ form: LoadForm) {
    let part: LoadForm.Part = form.recipients == nil ? .numberRecipients : .recipients
    let places = transaction.places(in: .rcpt)
    guard let first = places.first else {
      return refuse(part, "the transaction has no RCPT of its own")
    }
    let count = form.recipients ?? places.count
    var commands: [CommandRow.Command] = []
    for place in 1...count {
      var command = transaction[form.recipients == nil ? places[place - 1] : first]
      let number: Template.Piece? =
        if form.numbersRecipients {
          .variable(.recipient(each: count, place: place))
        } else {
          // As smtp-source does it: the numbers go down, and the last one has none.
          place < count ? .octets(Array("\(count - place + 1)".utf8)) : nil
        }
      if let number, !command.insert(number, behind: UInt8(ascii: "<")) {
        return refuse(part, "there is no < in \"\(command.instruction.label)\"")
      }
      commands.append(command)
    }
    transaction.replace(places, with: commands)
  }

  private mutating func setEightBit() {
    guard addToMail("BODY", [.octets(Array("8BITMIME".utf8))], for: .eightBit) else { return }
    transaction.changeMessages { $0.eightBit = true }
    wanted.append((.eightBit, "8BITMIME"))
  }

  private mutating func setInternational() {
    guard addToMail("SMTPUTF8", nil, for: .smtputf8) else { return }
    transaction.changeMessages { $0.smtputf8 = true }
    wanted.append((.smtputf8, "SMTPUTF8"))
  }

  /// RFC 3461: RET and ENVID once a transaction, NOTIFY with every recipient.
  private mutating func setNotification(_ notify: String) {
    guard addToMail("RET", [.octets(Array("HDRS".utf8))], for: .notify) else { return }
    let id: [Template.Piece] = [
      .octets(Array("relaymark.".utf8)), .variable(.session), .octets([UInt8(ascii: ".")]),
      .variable(.message),
    ]
    guard addToMail("ENVID", id, for: .notify) else { return }
    let recipients = transaction.places(in: .rcpt)
    guard !recipients.isEmpty else {
      return refuse(.notify, "the transaction has no RCPT of its own")
    }
    for place in recipients {
      let value: [Template.Piece] = [.octets(Array(notify.uppercased().utf8))]
      if !transaction[place].add(parameter: "NOTIFY", value) {
        return refuse(.notify, "the scenario says NOTIFY itself")
      }
    }
    wanted.append((.notify, "DSN"))
  }

  private mutating func addToMail(
    _ parameter: String, _ value: [Template.Piece]?, for part: LoadForm.Part
  ) -> Bool {
    let places = transaction.places(in: .mail)
    guard !places.isEmpty else {
      refuse(part, "the transaction has no MAIL of its own")
      return false
    }
    for place in places where !transaction[place].add(parameter: parameter, value) {
      refuse(part, "the scenario says \(parameter) itself")
      return false
    }
    return true
  }

  // MARK: Content

  private mutating func setMessages(from file: String) {
    let count = transaction.changeMessages { spec in
      spec.eml = file
      spec.octets = nil
      spec.headers = []
      // As it is: nothing of ours is put in front.
      spec.mark = false
    }
    if count == 0 { refuse(.messageFile, "the transaction sends no message") }
  }

  private mutating func setChunks(of size: Int) {
    switch transaction.chunk(size) {
    case .done: wanted.append((.chunking, "CHUNKING"))
    case .noMessage: refuse(.chunking, "the transaction sends no message behind DATA")
    case .shaped: refuse(.chunking, "the message is cut or paced, which chunks cannot be")
    }
  }

  // MARK: The way of commands

  private mutating func setPipelining(_ pipelining: LoadForm.Pipelining) {
    switch pipelining {
    case .off:
      transaction.ungroup()
      dropped.insert("PIPELINING")
    case .on, .across, .groups:
      var most = Int.max
      if case .groups(let count) = pipelining { most = count }
      guard transaction.group(atMost: most) else {
        return refuse(.pipelining, "no two commands follow each other that could go together")
      }
      wanted.append((.pipelining, "PIPELINING"))
    }
  }

  private mutating func sendAhead() {
    guard between.isEmpty, session.think == nil else {
      return refuse(.pipelining, "\"across\" leaves no room for RSET or a pause between messages")
    }
    session.sendsAhead = true
    guard result.aheadGroup != nil else {
      return refuse(
        .pipelining,
        "\"across\" is for an envelope that ends in DATA and a message that goes out in one piece")
    }
  }

  private mutating func resetBetween() {
    guard !between.contains(where: { $0.phase == .rset }) else { return }
    let rules = [Expectation.Rule(pattern: .code(250), outcome: .verdict(.pass))]
    between.append(
      Instruction(
        action: .send(Template(octets: Array("RSET\r\n".utf8))),
        expectation: Expectation(rules: rules), phase: .rset, position: .none, label: "RSET",
        origin: .harness))
  }

  private mutating func log(in mechanism: LoadForm.Mechanism) {
    var isUsed = false
    for index in setup.indices {
      guard case .auth(var plan) = setup[index].action else { continue }
      switch mechanism {
      case .best: plan.mechanism = nil
      case .named(let name): plan.mechanism = name
      }
      setup[index].action = .auth(plan)
      isUsed = true
    }
    if !isUsed {
      refuse(.mechanism, "nobody logs in: that is for submission, with credentials in the profile")
    }
  }

  /// The target has to offer what the form uses; the last step of the setup asks for it.
  private mutating func require() {
    var needed = session.needsExtensions.filter { !dropped.contains($0) }
    guard !wanted.isEmpty || needed != session.needsExtensions else { return }
    guard let hello = setup.last(where: { $0.phase == .ehlo || $0.phase == .starttls }) else {
      for (part, keyword) in wanted {
        refuse(part, "no EHLO is said that could show whether \(keyword) is offered")
      }
      return
    }
    for (_, keyword) in wanted where !needed.contains(keyword) { needed.append(keyword) }
    if case .requireExtensions? = setup.last?.action { setup.removeLast() }
    session.needsExtensions = needed
    guard !needed.isEmpty else { return }
    setup.append(
      Instruction(
        action: .requireExtensions(needed), phase: .other, position: hello.position,
        label: "needs \(needed.joined(separator: ", "))", origin: .harness))
  }
}
