// SPDX-License-Identifier: Apache-2.0
//
// A dialogue and a peer in memory, under a virtual clock: time goes from event to event, and
// nothing waits.

import DialogueEngine
import JSONText
import MailContent
import SMTPWire
import ScenarioLanguage
import TLSEngine

/// Drives one dialogue against a scripted peer.
final class Stage {
  var peer: ScriptedPeer
  /// The reference relay's machine in place of the scripted peer.
  var relay: RelayInMemory?
  private var dialogue: Dialogue
  private var output = DialogueOutput()
  private(set) var now = Instant(nanoseconds: 1_000_000_000)
  private var events: [(at: Instant, order: Int, event: Event)] = []
  private var order = 0
  private var isConnected = false

  /// From one side to the other, in nanoseconds.
  var latency: Int64 = 1_000_000
  /// Until the system has taken a portion: longer than a round trip, so that replies overtake it.
  var drainTime: Int64 = 3_000_000
  /// How the next connects go; nil is success.
  var refusals: [String?] = []
  /// How the next handshakes go; nil is success.
  var handshakeFailures: [String?] = []
  /// Handshakes and connects that get no answer at all.
  var ignoresConnect = false
  var ignoresHandshake = false
  /// Portions of a message that are never reported as taken.
  var neverDrains = false
  /// Octets per received call; 0: as the peer sent them.
  var dripsBy = 0

  // What happened.
  private(set) var actions: [DialogueAction] = []
  private(set) var writes: [[UInt8]] = []
  private(set) var closings: [DialogueAction.Closing] = []
  private(set) var results: [TransactionResult] = []
  private(set) var ending: SessionEnding?
  private(set) var record = DialogueRecordCopy()

  /// What the owner of a load session says, in turn; then `finish`.
  var moves: [SessionMove] = []
  /// Whether the owner names the next move when it is asked for one to send ahead.
  var sendsAhead = true

  private enum Event {
    case toPeer([UInt8])
    case fromPeer([UInt8])
    case end(ConnectionEnd)
    case connected
    case refused(String)
    case secured
    case handshakeFailed(String)
    case drained
  }

  init(
    _ program: SessionProgram, peer: ScriptedPeer = ScriptedPeer(),
    settings: DialogueSettings = DialogueSettings(), session: Int = 1
  ) throws {
    self.peer = peer
    let prepared = try PreparedProgram(program, settings: settings) { spec in
      try MessageFactory(spec: spec, seed: settings.seed, run: settings.run, time: 0) { Digest() }
    }
    dialogue = Dialogue(prepared, session: session)
  }

  /// Runs until nothing is left to happen, or for so many virtual seconds.
  func run(seconds: Int64 = 3600) {
    perform { $0.begin(at: $1, into: &$2) }
    continueRunning(seconds: seconds)
  }

  func continueRunning(seconds: Int64 = 3600) {
    let end = now + seconds * 1_000_000_000
    while ending == nil {
      let next = events.min { ($0.at, $0.order) < ($1.at, $1.order) }
      let deadline = dialogue.deadline
      if let deadline, deadline <= (next?.at ?? deadline) {
        guard deadline <= end else { break }
        now = max(now, deadline)
        perform { $0.timerFired(at: $1, into: &$2) }
      } else if let next {
        guard next.at <= end else { break }
        events.removeAll { $0.order == next.order }
        now = max(now, next.at)
        handle(next.event)
      } else {
        break
      }
    }
    record = DialogueRecordCopy(dialogue.record)
  }

  /// What the owner says to a parked session.
  func resume(_ move: SessionMove) {
    perform { $0.move(move, at: $1, into: &$2) }
  }

  func cancel() { perform { $0.cancel(at: $1, into: &$2) } }

  // MARK: Events

  private func handle(_ event: Event) {
    switch event {
    case .toPeer(let octets):
      guard isConnected else { return }
      follow(relay?.received(octets, at: now.nanoseconds) ?? peer.received(octets))
    case .fromPeer(let octets):
      guard isConnected else { return }
      let portions = dripsBy > 0 ? octets.map { [$0] } : [octets]
      for portion in portions {
        portion.withUnsafeBytes { bytes in perform { $0.received(bytes, at: $1, into: &$2) } }
      }
    case .end(let end):
      guard isConnected else { return }
      isConnected = false
      perform { $0.ended(end, at: $1, into: &$2) }
    case .connected:
      isConnected = true
      let actions = relay?.connected(at: now.nanoseconds) ?? peer.connected()
      perform { $0.connected(to: "peer", at: $1, into: &$2) }
      follow(actions)
    case .refused(let reason): perform { $0.connectFailed(reason, at: $1, into: &$2) }
    case .secured:
      perform { $0.secured("TLSv1.3 TEST", binding: [1, 2, 3], at: $1, into: &$2) }
    case .handshakeFailed(let reason):
      isConnected = false
      perform { $0.handshakeFailed(reason, at: $1, into: &$2) }
    case .drained: perform { $0.drained(at: $1, into: &$2) }
    }
  }

  private func follow(_ peerActions: [PeerAction]) {
    var at = now + latency
    for action in peerActions {
      switch action {
      case .say(let octets): schedule(.fromPeer(octets), at)
      case .pause(let milliseconds): at = at + Int64(milliseconds) * 1_000_000
      case .finish: schedule(.end(.fin), at)
      case .reset: schedule(.end(.reset), at)
      case .truncate: schedule(.end(.truncated), at)
      case .nothing: break
      }
    }
  }

  private func schedule(_ event: Event, _ at: Instant) {
    order += 1
    events.append((at, order, event))
  }

  // MARK: Actions

  private func perform(
    _ body: (inout Dialogue, Instant, inout DialogueOutput) -> Void
  ) {
    output.clear()
    body(&dialogue, now, &output)
    if output.actions.last == .mayFollow {
      let next = sendsAhead ? moves.first : nil
      output.actions.removeLast()
      dialogue.follow(next, at: now, into: &output)
    }
    let done = output
    for action in done.actions { perform(action, done.octets) }
  }

  private func perform(_ action: DialogueAction, _ octets: [UInt8]) {
    actions.append(action)
    switch action {
    case .connect:
      if ignoresConnect { return }
      let refusal = refusals.isEmpty ? nil : refusals.removeFirst()
      schedule(refusal.map { .refused($0) } ?? .connected, now + latency)
    case .write(let range): write(Array(octets[range]))
    case .writeAndReport(let range):
      write(Array(octets[range]))
      if !neverDrains { schedule(.drained, now + drainTime) }
    case .startTLS:
      if ignoresHandshake { return }
      let failure = handshakeFailures.isEmpty ? nil : handshakeFailures.removeFirst()
      schedule(failure.map { .handshakeFailed($0) } ?? .secured, now + latency)
    case .close(let closing):
      closings.append(closing)
      if closing != .output, closing != .closeNotify { isConnected = false }
      // What was on its way belongs to the old connection.
      if !isConnected { events.removeAll() }
    case .measured, .replied, .refused, .handshakeFailed, .connectionEnded: break
    case .mayFollow: break
    case .ready: answerOwner()
    case .finished:
      if let result = dialogue.transactionResult { results.append(result) }
      answerOwner()
    case .over: ending = dialogue.ending
    }
  }

  private func write(_ octets: [UInt8]) {
    writes.append(octets)
    schedule(.toPeer(octets), now + latency)
  }

  private func answerOwner() {
    let move = moves.isEmpty ? SessionMove.finish : moves.removeFirst()
    perform { $0.move(move, at: $1, into: &$2) }
  }
}

/// The parts of a record that tests look at; the record itself belongs to the dialogue.
struct DialogueRecordCopy {
  var steps: [StepOutcome] = []
  var observations: [Observation] = []
  var transcript: [String] = []
  var verdict: Verdict?
  var reason: String?
  var desync: Desync?
  var measured: [String: Int64] = [:]
  var capabilities: [String] = []
  var connections = 0

  init() {}

  init(_ record: DialogueRecord) {
    steps = record.steps
    observations = record.observations
    transcript = record.transcript?.render() ?? []
    verdict = record.verdict
    reason = record.reason
    desync = record.desync
    measured = record.measured
    capabilities = record.capabilities?.keywords.keys.sorted() ?? []
    connections = record.connections
  }

  var kinds: [Observation.Kind] { observations.map(\.kind) }
  var verdicts: [Verdict?] { steps.filter { $0.origin == .script }.map(\.verdict) }
}

/// SHA-256 of OpenSSL in the shape that MailContent wants.
final class Digest: RunningDigest {
  private var octets: [UInt8] = []
  func update(_ octets: UnsafeRawBufferPointer) { self.octets += octets }
  func finish() -> [UInt8] {
    defer { octets = [] }
    return Digests.sha256(octets)
  }
}
