// SPDX-License-Identifier: Apache-2.0
//
// The compiled form of a scenario: flat lists of instructions that the dialogue engine interprets
// without looking at JSON again. Knows nothing of sockets, clocks or verdict records.

package import JSONText
package import MailContent
package import SASLExchange

/// A scenario compiled for one target profile, ready to run any number of times.
package struct Program: Sendable {
  /// The scenario's id: its path without the suffix.
  package var id: String
  package var title: String
  /// What runs, in order, each run on fresh connections; one run unless the scenario repeats.
  package var runs: [Run]
  /// The rows that `${feed.…}` draws from.
  package var feed: Feed?
  /// What the profile's sink shall answer before it begins to accept.
  package var sink: SinkScript?
  /// Conditions on what the sessions did; the heaviest verdict that holds joins those of the steps.
  package var judgements: [Judgement]
  /// Measured facts to report, by name.
  package var report: [ReportedMetric]
  /// What shows that the target has recovered once the sessions are done.
  package var recovery: Recovery?

  package init(
    id: String, title: String, runs: [Run], feed: Feed? = nil, sink: SinkScript? = nil,
    judgements: [Judgement] = [], report: [ReportedMetric] = [], recovery: Recovery? = nil
  ) {
    self.id = id
    self.title = title
    self.runs = runs
    self.feed = feed
    self.sink = sink
    self.judgements = judgements
    self.report = report
    self.recovery = recovery
  }

  /// The sessions of the first run: all there are, unless the scenario repeats.
  package var sessions: [SessionProgram] { runs.first?.sessions ?? [] }

  /// One run of the scenario, compiled with the values that `repeat` gives it.
  package struct Run: Sendable {
    /// What the run varies, by name, for evidence; empty unless the scenario repeats.
    package var values: [(name: String, value: String)]
    /// The sessions that run at the same time; a plain scenario has just one, `main`.
    package var sessions: [SessionProgram]
    /// What is done behind them, one after the other; store-and-forward scenarios have nothing else.
    package var errands: [Errand]

    package init(
      values: [(name: String, value: String)] = [], sessions: [SessionProgram],
      errands: [Errand] = []
    ) {
      self.values = values
      self.sessions = sessions
      self.errands = errands
    }
  }
}

/// What one named session does, in order.
package struct SessionProgram: Sendable {
  package var name: String
  /// All instructions; the ranges below divide them without gaps.
  package var instructions: [Instruction]
  /// Once a connection: reaching the start state, then the scenario's `setup`.
  package var setup: Range<Int>
  /// On a connection that carries another transaction already, before each further one; no part of
  /// its latency.
  package var between: Range<Int>
  /// The dialogue of a check (run once) or the `transaction` of a load (repeated).
  package var transaction: Range<Int>
  /// Once a connection, at its orderly end.
  package var teardown: Range<Int>
  /// How many of this session run, and when; `SessionSchedule.once` for plain scenarios.
  package var schedule: SessionSchedule
  /// Extensions without which the dialogue is skipped once the setup is done.
  ///
  /// EHLO keywords in upper case, with an argument such as `AUTH PLAIN` where one is needed. The last instruction of
  /// the setup, `Action.requireExtensions`, tests the same list.
  package var needsExtensions: [String]
  /// The hello command with its CRLF, `EHLO client` or `LHLO client`; a full `starttls` says it
  /// again inside TLS.
  package var hello: [UInt8]
  /// LMTP: one reply per accepted recipient after the message (RFC 2033 section 4.2).
  package var isLMTP: Bool
  /// How long a session of a load thinks between two messages, both ends included; nil: not at all.
  package var think: ClosedRange<Duration>?
  /// What a session of a load does when the target has told it to go.
  ///
  /// `reopen` is the session's own work. By any other a session whose connection 421 has ended between
  /// two transactions is over, finished, and what follows is its owner's.
  package var after421: ReopenPolicy
  /// A load sends the envelope of the next message in one write with the content of this one
  /// (RFC 2920 section 3.1), where PIPELINING is offered and nothing comes in between.
  package var sendsAhead = false

  package init(
    name: String, instructions: [Instruction], setup: Range<Int>, between: Range<Int>? = nil,
    transaction: Range<Int>, teardown: Range<Int>, schedule: SessionSchedule = .once,
    needsExtensions: [String] = [], hello: [UInt8] = Array("EHLO relaymark.test\r\n".utf8),
    isLMTP: Bool = false, think: ClosedRange<Duration>? = nil, after421: ReopenPolicy = .reopen
  ) {
    self.name = name
    self.instructions = instructions
    self.setup = setup
    self.between = between ?? setup.upperBound..<setup.upperBound
    self.transaction = transaction
    self.teardown = teardown
    self.schedule = schedule
    self.needsExtensions = needsExtensions
    self.hello = hello
    self.isLMTP = isLMTP
    self.think = think
    self.after421 = after421
  }
}

extension SessionProgram {
  /// The group with which every transaction begins, where it can go out behind the content of the
  /// one before; nil where the program does not ask for that or something would come in between.
  package var aheadGroup: Int? {
    guard sendsAhead, between.isEmpty, think == nil, transaction.count == 2 else { return nil }
    let first = transaction.lowerBound
    guard case .group(let envelope, .whole) = instructions[first].action,
      envelope.last?.phase == .data,
      case .message(_, .plain) = instructions[first + 1].action
    else { return nil }
    return first
  }
}

/// How many copies of a named session run and how they are started.
package struct SessionSchedule: Sendable, Equatable {
  /// The counts to try in turn: `[5]` for a fixed number, `[1, 11, 21 …]` for a staircase.
  package var counts: [Int]
  /// Start again at this interval until the other sessions are done; nil: run once.
  package var every: Duration?
  /// Keep each connection open this long after its dialogue; nil: end at once.
  package var hold: Duration?
  /// The source address to bind, nil for the profile's own choice.
  package var source: String?

  package init(
    counts: [Int] = [1], every: Duration? = nil, hold: Duration? = nil, source: String? = nil
  ) {
    self.counts = counts
    self.every = every
    self.hold = hold
    self.source = source
  }

  /// One session, started once.
  package static let once = SessionSchedule()
}

/// One step for the engine.
package struct Instruction: Sendable {
  package var action: Action
  /// What must come back, `Expectation.nothing` for steps that await no reply.
  package var expectation: Expectation
  /// The longest wait for this step's reply; nil: the profile's limit for the phase.
  package var within: TimeLimit?
  package var phase: Phase
  package var captures: [Capture]
  /// Where the step stands in the scenario file.
  package var position: SourcePosition
  /// How evidence names the step: the command as written, secrets masked.
  package var label: String
  /// Who put it there: a failure of the harness's own preparation is no finding of the check.
  package var origin: Origin
  /// Name under which the step's duration is reported, where the script asks for one.
  package var measure: String?

  package init(
    action: Action, expectation: Expectation = .nothing, within: TimeLimit? = nil,
    phase: Phase = .other, captures: [Capture] = [],
    position: SourcePosition = SourcePosition(line: 1, column: 1), label: String = "",
    origin: Origin = .script, measure: String? = nil
  ) {
    self.action = action
    self.expectation = expectation
    self.within = within
    self.phase = phase
    self.captures = captures
    self.position = position
    self.label = label
    self.origin = origin
    self.measure = measure
  }

  package enum Origin: Sendable, Equatable {
    /// Written in the scenario.
    case script
    /// Added by the compiler to reach the start state or to end politely.
    case harness
  }
}

extension Instruction {
  /// A command of a pipelined group as a step of its own.
  package init(_ member: GroupMember) {
    self.init(
      action: .send(member.command), expectation: member.expectation, phase: member.phase,
      captures: member.captures, position: member.position, label: member.label)
  }
}

/// A wait limit, fixed or relative to what the target has shown.
package enum TimeLimit: Sendable, Equatable {
  case fixed(Duration)
  /// `3x median, at least 3s`: a multiple of the median reply time seen on this connection.
  case median(times: Int, atLeast: Duration)
}

/// What an instruction does.
package enum Action: Sendable {
  /// Opens the connection (and finishes the handshake where the profile says implicit TLS, with an
  /// offer of the script's own where there is one).
  case connect(source: String?, offer: TLSOffer? = nil)
  /// Writes a command line; the template ends in CRLF.
  case send(Template)
  /// Writes exact octets, shaped.
  case write(Template, WriteShape)
  /// Writes several commands at once and pairs the replies in order.
  case group([GroupMember], cut: Cut)
  /// Writes a message after DATA's 354, dot-stuffed and ended by the final dot.
  case message(MessageSpec, WriteShape)
  /// Writes a message or octets as BDAT chunks; each chunk command awaits a reply of its own.
  ///
  /// The sizes are used in turn and from the front again until all content is sent; sizes of 0
  /// make empty chunks. No sizes: one chunk with everything. With `last`, the last chunk says LAST.
  case bdat(BDATContent, chunks: [Int], last: Bool, pipelined: Bool)
  case startTLS(StartTLSMode)
  case auth(AuthPlan)
  /// Does nothing for this long; octets that arrive meanwhile are kept.
  case wait(Duration)
  case close(CloseManner)
  /// Reads only.
  case await
  /// Reads the greeting behind a handshake of the script's own, where that left a connection.
  case greeting
  /// Tests the capabilities of the last hello (the last 2yz reply in `Phase.ehlo`); where one is
  /// not offered the dialogue ends, skipped.
  case requireExtensions([String])
}

/// One command of a pipelined group.
package struct GroupMember: Sendable {
  package var command: Template
  package var expectation: Expectation
  package var phase: Phase
  package var captures: [Capture]
  package var position: SourcePosition
  package var label: String

  package init(
    command: Template, expectation: Expectation, phase: Phase, captures: [Capture] = [],
    position: SourcePosition = SourcePosition(line: 1, column: 1), label: String = ""
  ) {
    self.command = command
    self.expectation = expectation
    self.phase = phase
    self.captures = captures
    self.position = position
    self.label = label
  }
}

/// Where a write is divided into separate segments.
package enum Cut: Sendable, Equatable {
  case whole
  case everyOctet
  /// Behind each of these octet counts, ascending.
  case after([Int])
  /// Between the CR and the LF of every line.
  case insideLineEnds
}

/// How octets go out.
package struct WriteShape: Sendable, Equatable {
  package var cut: Cut
  /// Slow writing: this many octets, then this pause.
  package var pace: Pace?
  /// Stop writing after this long, whatever is left.
  package var limit: Duration?
  /// A second write of its own, this long after the first.
  package var then: FollowingWrite?
  /// Whether a message is sent only where DATA was answered 354; else the step does nothing.
  package var isOnlyWhenAsked: Bool

  package init(
    cut: Cut = .whole, pace: Pace? = nil, limit: Duration? = nil, then: FollowingWrite? = nil,
    isOnlyWhenAsked: Bool = false
  ) {
    self.cut = cut
    self.pace = pace
    self.limit = limit
    self.then = then
    self.isOnlyWhenAsked = isOnlyWhenAsked
  }

  package static let plain = WriteShape()

  package struct Pace: Sendable, Equatable {
    package var octets: Int
    package var every: Duration
    package init(octets: Int, every: Duration) {
      self.octets = octets
      self.every = every
    }
  }

  package struct FollowingWrite: Sendable, Equatable {
    package var after: Duration
    package var write: Template
    package init(after: Duration, write: Template) {
      self.after = after
      self.write = write
    }
  }
}

/// What a BDAT step sends.
package enum BDATContent: Sendable {
  case message(MessageSpec)
  case octets(Template)
}

package enum StartTLSMode: Sendable, Equatable {
  /// STARTTLS, its 220, the handshake, then a fresh EHLO.
  case full
  /// Like `full` where the last hello offered STARTTLS; nothing at all where it did not. For
  /// profiles with opportunistic TLS; only the compiler's own preparation uses it.
  case ifOffered
  /// Only the handshake; the script has sent STARTTLS itself. No EHLO follows.
  case handshakeOnly
  /// The same with an offer of the script's own.
  case offering(TLSOffer)
}

package enum CloseManner: String, Sendable, Equatable, CaseIterable {
  /// An orderly FIN; over TLS after close_notify.
  case fin
  /// An abortive RST.
  case rst
  /// FIN without close_notify (TLS only).
  case withoutCloseNotify = "without-close-notify"
  /// close_notify, while TCP stays open.
  case closeNotifyOnly = "close-notify-only"
}

package struct AuthPlan: Sendable, Equatable {
  /// The SASL mechanism name; nil: the best one that both sides have.
  package var mechanism: String?
  /// Whether the first response goes with the AUTH command; nil: the mechanism's custom.
  package var initialResponse: Bool?
  package var username: String
  package var password: String
  package var authorizationIdentity: String
  /// For XOAUTH2 and OAUTHBEARER.
  package var token: String
  /// What the exchange gets wrong on purpose, its proof made for it all the same.
  package var alteration: ScramAlteration?

  package init(
    mechanism: String? = nil, initialResponse: Bool? = nil, username: String = "",
    password: String = "", authorizationIdentity: String = "", token: String = "",
    alteration: ScramAlteration? = nil
  ) {
    self.mechanism = mechanism
    self.initialResponse = initialResponse
    self.username = username
    self.password = password
    self.authorizationIdentity = authorizationIdentity
    self.token = token
    self.alteration = alteration
  }
}

/// A value taken from a reply for later use as `${name}`.
package struct Capture: Sendable, Equatable {
  package var name: String
  package var source: Source

  package init(name: String, source: Source) {
    self.name = name
    self.source = source
  }

  package enum Source: Sendable, Equatable {
    case code
    /// The text of the last line, without code and enhanced code.
    case text
    case enhancedCode
    /// The argument of an EHLO keyword.
    case capability(String)
    /// What stands between two marks in the text, the rest of the line where the second is empty.
    case between(String, String)
  }
}
