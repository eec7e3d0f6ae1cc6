// SPDX-License-Identifier: Apache-2.0
//
// The interpreter of one session: events and instants in, actions out. Knows no socket and no
// clock; whoever drives it performs the actions and reports what became of them.
//
//   begin ─▶ setup ─▶ transaction (once, or again for each move) ─▶ teardown ─▶ QUIT ─▶ over
//              ▲            │
//              └─ thinking ◀┴▶ between ─▶ transaction …
//
// Within a section the steps run one by one; `waiting` says which event the present step needs.

import MailContent
package import SMTPWire
package import ScenarioLanguage

/// One session of a scenario, over any number of successive connections.
package struct Dialogue: ~Copyable {
  let prepared: PreparedProgram
  /// Whether outcomes, observations and the transcript are kept.
  let keeps: Bool

  // The connection.
  var link = Link.closed
  var isSecure = false
  /// How the last connection ended.
  package internal(set) var lastEnd = ConnectionEnd.local
  var reader = ReplyReader()
  var ledger = Ledger()
  /// Replies that no step has asked for yet.
  var unclaimed: [Unclaimed] = []
  /// Whether raw octets went out, to which there may be any number of replies.
  var isLoose = false
  /// Whether the replies that are not asked for yet came to raw octets of which a check has judged the
  /// first reply: one too many is then taken for the answer to the next command, however early it
  /// came.
  var isSpilling = false
  var connectStarted = Instant(nanoseconds: 0)
  var handshakeStarted = Instant(nanoseconds: 0)
  /// The `tls-exporter` binding of the present connection.
  var channelBinding: [UInt8]?
  /// The last handshake of the present connection.
  var handshake = HandshakeView()
  /// When the reply that is being received began to arrive.
  var firstOctetAt: Instant?
  var lastReplyAt = Instant(nanoseconds: 0)
  var lastReplyCode: UInt16 = 0
  var saidGoodbye = false
  var repliesToQuit = 0
  var quitCode: UInt16 = 0
  var transactionsOnConnection = 0
  /// Whether a transaction of the session, on whatever connection, is over.
  var hasReported = false

  // What the SMTP session has come to.
  var hasOpenTransaction = false
  var isInData = false
  var acceptedRecipients = 0
  var offersPipelining = false
  var offersSize = false

  // Where the interpreter is.
  var section = Section.setup
  var cursor = 0
  var sectionEnd = 0
  var waiting = Waiting.nothing
  /// When `timerFired` is due; the end of time where it never is.
  package internal(set) var deadlineOrEnd = Instant.endOfTime
  /// After a hello or a refusal: no command before then.
  var quietUntil: Instant?
  var isAfterHello = false
  var current = StepState()
  var writer: BodyWriter?
  var exchange: AuthExchange?
  var values: SessionValues
  var message: PendingMessage?
  var transaction = TransactionState()
  var pendingMove: (number: Int, intended: Instant?)?
  /// The envelope that went out with the content of the present transaction.
  var ahead: Ahead?
  /// Where the content begins in the output that waits for the owner's word.
  var contentStart = 0
  var afterParting = AfterParting.end
  var pendingEnding = SessionEnding.finished
  var replyTimes: [Int64] = []

  // What is kept and read by the driver.
  /// The local address to connect from, set with a `connect` action; nil: the driver's choice.
  package var requestedSource: String?
  /// What the present handshake offers in place of the profile's custom; set before `startTLS`.
  package internal(set) var requestedOffer: TLSOffer?
  /// The result to which the last `finished` action refers.
  package var transactionResult: TransactionResult?
  /// The replies that came unasked directly before the connection ended, escaped.
  package var closingNotice: String?
  /// Why the last connect or handshake came to nothing, in one line.
  package var refusal = ""
  /// How the dialogue ended; nil while it runs.
  package var ending: SessionEnding?
  /// What a check keeps; empty in a load.
  package var record: DialogueRecord
  /// The capabilities of the last hello; dropped in a load once the start state is reached.
  package var capabilities: Capabilities?
  /// What the first hello got in this state of the session; kept for checks alone.
  var firstHello: Reply?

  /// Makes a dialogue that has not begun.
  /// - Parameter session: its number in the run, from 1: `${session}`.
  package init(_ prepared: PreparedProgram, session: Int) {
    self.prepared = prepared
    keeps = prepared.settings.mode == .check
    values = SessionValues(session: session, seed: prepared.settings.seed)
    record = DialogueRecord()
  }

  /// When `timerFired` is due, unless something else happens before; nil: never.
  package var deadline: Instant? { deadlineOrEnd == .endOfTime ? nil : deadlineOrEnd }

  /// The number of the session in its run.
  package var session: Int { values.session }

  /// Whether the session pauses before its next transaction.
  package var isThinking: Bool { section == .thinking }

  /// Whether a transaction has begun and has no result yet.
  package var isInTransaction: Bool { transaction.isRunning }

  // MARK: Events

  /// Starts the dialogue.
  package mutating func begin(at now: Instant, into out: inout DialogueOutput) {
    if keeps {
      record.transcript = Transcript(start: now, secrets: prepared.settings.secrets)
    }
    enter(.setup)
    proceed(at: now, &out)
  }

  /// The connection stands; the driver calls `secured` next where TLS is implicit.
  package mutating func connected(to peer: String, at now: Instant, into out: inout DialogueOutput)
  {
    guard waiting == .connection else { return }
    link = .open
    note("connected to \(peer)", at: now)
    out.actions.append(.measured(.connect, nanoseconds: now - connectStarted))
    if prepared.settings.implicitTLS {
      startHandshake(at: now, &out)
    } else {
      waiting = .nothing
      finishConnect(at: now, &out)
      proceed(at: now, &out)
    }
  }

  /// There is no connection; the reason is one line.
  package mutating func connectFailed(
    _ reason: String, at now: Instant, into out: inout DialogueOutput
  ) {
    guard waiting == .connection else { return }
    link = .closed
    note("no connection: \(reason)", at: now)
    refusal = reason
    out.actions.append(.refused)
    waiting = .nothing
    // Where the script asks for a handshake, no connection is no answer.
    conclude(
      requestedOffer == nil ? .refused(reason) : .unable("there was no connection: \(reason)"),
      at: now, &out)
    proceed(at: now, &out)
  }

  /// TLS is established.
  /// - Parameters:
  ///   - facts: version and cipher, for evidence.
  ///   - binding: the `tls-exporter` channel binding (RFC 9266), where the version has one.
  ///   - agreed: for conditions on the handshake.
  package mutating func secured(
    _ facts: String, binding: [UInt8]?, agreed: AgreedTLS? = nil, at now: Instant,
    into out: inout DialogueOutput
  ) {
    guard waiting == .handshake else { return }
    handshake.agreed = agreed
    finishHandshake(facts, binding: binding, at: now, &out)
    proceed(at: now, &out)
  }

  /// TLS was not established; the reason is one line.
  ///
  /// The driver has closed the connection.
  package mutating func handshakeFailed(
    _ reason: String, as failure: HandshakeFailure = .other, at now: Instant,
    into out: inout DialogueOutput
  ) {
    guard waiting == .handshake else { return }
    note("no TLS: \(reason)", at: now)
    refusal = reason
    out.actions.append(.handshakeFailed)
    closeLink(.failed(errno: 0, "the TLS handshake failed"), at: now, &out)
    waiting = .nothing
    if case .alert(let name) = failure { handshake.alert = name }
    conclude(
      failure == .certificateRefused ? .unable(reason) : .refused(reason), at: now, &out)
    proceed(at: now, &out)
  }

  /// Our own TLS cannot offer what the script asks for, so nothing was sent: the dialogue is over,
  /// skipped.
  package mutating func cannotOffer(
    _ reason: String, at now: Instant, into out: inout DialogueOutput
  ) {
    guard waiting == .handshake else { return }
    closeLink(.local, at: now, &out)
    waiting = .nothing
    let step = prepared.steps[current.index]
    keep(
      Judged(verdict: .skipped, reason: reason), .unable(reason), step: step, member: nil, at: now)
    finish(.skipped(reason: reason), at: now, &out)
    proceed(at: now, &out)
  }

  /// Octets arrived (in clear text or deciphered).
  package mutating func received(
    _ octets: UnsafeRawBufferPointer, at now: Instant, into out: inout DialogueOutput
  ) {
    guard link == .open || link == .halfClosed, waiting != .over else { return }
    if firstOctetAt == nil { firstOctetAt = now }
    if isAlert(octets) {
      takeAlert(octets, at: now, &out)
    } else {
      reader.append(octets)
      readReplies(at: now, &out)
    }
    proceed(at: now, &out)
  }

  /// The connection ended; the last received octets were handed in before.
  package mutating func ended(
    _ end: ConnectionEnd, at now: Instant, into out: inout DialogueOutput
  ) {
    guard link != .closed, waiting != .over else { return }
    connectionEnded(end, at: now, &out)
    proceed(at: now, &out)
  }

  /// The system has taken all octets of the last `writeAndReport`.
  package mutating func drained(at now: Instant, into out: inout DialogueOutput) {
    guard waiting == .drain else { return }
    pump(at: now, &out)
    proceed(at: now, &out)
  }

  /// Time has passed; does nothing before the deadline.
  package mutating func timerFired(at now: Instant, into out: inout DialogueOutput) {
    guard now >= deadlineOrEnd else { return }
    deadlineOrEnd = .endOfTime
    limitPassed(at: now, &out)
    proceed(at: now, &out)
  }

  /// The answer to `ready` and `finished`, or later where that was `park`.
  package mutating func move(
    _ move: SessionMove, at now: Instant, into out: inout DialogueOutput
  ) {
    guard waiting == .move else { return }
    perform(move, at: now, &out)
    proceed(at: now, &out)
  }

  /// Ends the dialogue in the middle, politely where that is possible.
  package mutating func cancel(at now: Instant, into out: inout DialogueOutput) {
    guard waiting != .over, section != .parting else { return }
    abandonWriting()
    ledger.removeAll()
    isLoose = true
    if waiting == .connection {
      out.actions.append(.close(.full))
      link = .closed
    } else if ahead != nil {
      // DATA is out, so QUIT would be text of a message.
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
    }
    waiting = .nothing
    finish(.cancelled, at: now, &out)
    proceed(at: now, &out)
  }
}

// MARK: States

extension Dialogue {
  enum Link { case closed, open, halfClosed }

  /// The event that the interpreter needs to go on.
  enum Waiting {
    /// None: the next step may start.
    case nothing
    /// The owner's word.
    case move
    /// The owner's word on what goes out with the content that stands in the output.
    case follower
    case connection
    case handshake
    /// The replies in the ledger.
    case replies
    /// Further replies, until the limit.
    case more
    /// The transport, to take a portion.
    case drain
    /// The time for the next portion.
    case pause
    /// The end of a `wait`, of the time a connection is held, or of the thinking between messages.
    case time
    /// The end of the quiet after a hello.
    case quiet
    /// The end of the connection that would make an unasked reply a closing notice.
    case notice
    /// The end of the connection after our QUIT.
    case goodbye
    case over
  }

  enum Section { case setup, thinking, between, transaction, hold, teardown, parting }

  /// What follows once the connection is gone.
  enum AfterParting: Equatable {
    case end
    /// The present `connect` step.
    case connect
    /// The setup again, for the pending move.
    case setup
  }

  struct Unclaimed {
    var reply: Reply
    var at: Instant
    /// Whether a command of ours asked for it (though the script did not ask what it says).
    var isOwed: Bool
  }

  /// What the present step has seen.
  struct StepState {
    var index = 0
    /// The command of a group that goes out alone; -1 where groups are whole.
    var member = -1
    var sentAt = Instant(nanoseconds: 0)
    var startedAt = Instant(nanoseconds: 0)
    var firstOctetAt: Instant?
    var octetsSent = 0
    /// The worst of what was judged so far.
    var judged: Judged?
    var replies: [Reply] = []
    /// Replies that came while a message was being written.
    var early: [Reply] = []
    /// Whether the script's time for writing was over before everything was written.
    var stoppedWriting = false
    /// In a load: the first answer that the script does not take.
    var failure: Failure?
    /// In a load: replies that took the message; in LMTP one a recipient.
    var acceptedMessages = 0
    /// Whether the answer is complete and the step can be concluded.
    var isAnswered = false
    var chunks: ChunkPlan?
    var chunkEndsMessage = false

    /// Begins anew with a step.
    ///
    /// Most steps of a load leave the larger parts empty: looking is cheaper than replacing them.
    mutating func restart(_ step: Int, at now: Instant) {
      index = step
      member = -1
      sentAt = now
      startedAt = now
      firstOctetAt = nil
      octetsSent = 0
      acceptedMessages = 0
      stoppedWriting = false
      isAnswered = false
      chunkEndsMessage = false
      if judged != nil { judged = nil }
      if !replies.isEmpty { replies = [] }
      if !early.isEmpty { early = [] }
      if failure != nil { failure = nil }
      if chunks != nil { chunks = nil }
    }
  }

  /// The first thing that went wrong with a transaction.
  struct Failure {
    var code: UInt16
    var enhanced: EnhancedCode?
    var phase: Phase
    var reason: String
    var isLoss = false
  }

  struct PendingMessage {
    var step: Int
    var message: Message
  }

  struct TransactionState {
    var isRunning = false
    var number = 1
    var intended: Instant?
    var started = Instant(nanoseconds: 0)
    var ended = Instant(nanoseconds: 0)
    var failure: Failure?
    var refusedRecipients = 0
    var octets = 0
    var fellBack = false
  }
}

extension Instant {
  package static let endOfTime = Instant(nanoseconds: .max)
}
