// SPDX-License-Identifier: Apache-2.0
//
// The reference relay's machine as the target of checks: no sockets, no waiting, and TLS that is only
// said to be there. What it leaves out are limits on numbers of connections and real handshakes.

import Conformance
import DialogueEngine
import MailContent
import ReferenceRelay
import SMTPTransport
import ScenarioLanguage
import Synchronization
import TLSEngine

/// One listener of a relay in memory.
final class MemoryRelay: Sendable {
  private let service: RelayService
  private let tally = RelayTally()
  private let connections = Atomic<Int>(0)

  /// Told of every connection; for a recorder among the faults.
  private let log: FaultLog?

  /// - Parameter inbox: Is handed every accepted message; nil: they are counted and forgotten.
  init(
    _ role: Role, faults: [any RelayFault] = [], log: FaultLog? = nil,
    inbox: (@Sendable (RelayMessage) -> Bool)? = nil
  ) {
    self.log = log
    var configuration = RelayConfiguration(faults: faults, note: { _ in })
    configuration.inbox = inbox
    service = RelayService(configuration, role: role.ofRelay)
  }

  /// Puts an accepted message where it shall be.
  func keep(_ message: RelayMessage) -> Bool { service.configuration.inbox?(message) ?? true }

  /// All its rules, in words.
  var policy: String { "\(service.policy)" }

  func connect() -> RelaySession {
    log?.begin()
    let number = connections.wrappingAdd(1, ordering: .relaxed).newValue
    return RelaySession(
      service,
      peer: RelayPeer(address: "127.0.0.1", localAddress: "127.0.0.1", number: number),
      tally: tally)
  }
}

extension Role {
  var ofRelay: RelayRole {
    switch self {
    case .relay: .relay
    case .submission: .submission
    case .submissions: .submissions
    case .lmtp: .lmtp
    }
  }
}

/// A way through one gate, and the programs that were made ready for it; shared by all relays in memory.
final class MemoryGate: Sendable {
  let settings: SessionSettings
  /// By the storage of the program's instructions, which the prepared program keeps alive.
  private let prepared = Mutex<[UInt: PreparedProgram]>([:])

  init(_ settings: SessionSettings) { self.settings = settings }

  func prepare(_ program: SessionProgram) throws -> PreparedProgram {
    let key = program.instructions.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    if let known = prepared.withLock({ $0[key] }) { return known }
    let made = try settings.prepare(program)
    prepared.withLock { $0[key] = made }
    return made
  }
}

/// Carries sessions to a relay in memory.
struct MemoryCarrier: SessionCarrier {
  let gate: MemoryGate
  let relay: MemoryRelay

  var profile: TargetProfile { gate.settings.profile }

  func prepare(_ program: SessionProgram) throws -> PreparedProgram { try gate.prepare(program) }

  var run: String { gate.settings.dialogue.run }

  func factory(of spec: MessageSpec, run: String) throws -> MessageFactory {
    try gate.settings.factory(of: spec, run: run)
  }

  func run(_ prepared: PreparedProgram, number: Int) async -> DialogueReport {
    MemorySession(prepared, number: number, relay: relay).run()
  }
}

/// One dialogue and the relay's side of its connections, under a virtual clock.
private final class MemorySession {
  private let relay: MemoryRelay
  private var dialogue: Dialogue
  private var output = DialogueOutput()
  private var relayOutput = RelayOutput()
  private var now = Instant(nanoseconds: 1_000_000_000)
  private var events: [Scheduled] = []

  // The present connection; what belongs to an earlier one is dropped when it ends.
  private var session: RelaySession?
  private var isHolding = false
  private var held: [[UInt8]] = []
  private var relayAwaitsHandshake = false
  private var clientAwaitsHandshake = false
  private var isSecure = false
  private var isConnected = false
  private var tls: TLSFacts?

  private struct Scheduled {
    var at: Instant
    var event: Event
  }

  private enum Event {
    case connected
    case toRelay([UInt8])
    /// The first octets of a handshake.
    case clientHello
    case inputEnded
    case fromRelay([UInt8])
    case secured
    case ended(ConnectionEnd)
    case drained
  }

  /// From one side to the other, in nanoseconds.
  private static let latency: Int64 = 100_000
  /// More than the longest wait of a check; whatever runs longer runs for ever.
  private static let longest: Int64 = 4 * 3_600 * 1_000_000_000
  /// What both sides are told of a handshake.
  private static let facts = TLSFacts(
    version: .tls1_3, cipher: "TLS_AES_256_GCM_SHA384", group: "x25519",
    channelBinding: Array(repeating: 0x5A, count: 32))
  /// How a handshake looks to a server that expects commands.
  private static let helloOctets: [UInt8] = [
    0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03,
  ]

  init(_ prepared: PreparedProgram, number: Int, relay: MemoryRelay) {
    self.relay = relay
    dialogue = Dialogue(prepared, session: number)
  }

  func run() -> DialogueReport {
    act { $0.begin(at: $1, into: &$2) }
    let end = now + Self.longest
    while dialogue.ending == nil, now < end, step() {}
    return DialogueReport(
      record: dialogue.record, ending: dialogue.ending ?? .cancelled, tls: tls)
  }

  /// Lets the next thing happen.
  ///
  /// - Returns: false where nothing is left to happen.
  private func step() -> Bool {
    let client = dialogue.deadline
    let server = session?.deadline.map { Instant(nanoseconds: $0.nanoseconds) }
    let event = events.first?.at
    guard let next = [client, server, event].compactMap({ $0 }).min() else { return false }
    now = max(now, next)
    if event == next {
      handle(events.removeFirst().event)
    } else if client == next {
      act { $0.timerFired(at: $1, into: &$2) }
    } else {
      let wasHolding = isHolding
      isHolding = false
      tell { $0.timerFired(at: $1, into: &$2) }
      if wasHolding, !isHolding { releaseHeld() }
    }
    return true
  }

  /// Octets that are written at the same moment arrive in one piece, as over TCP.
  private func write(_ range: Range<Int>) {
    guard isConnected else { return }
    let octets = Array(output.octets[range])
    if let last = events.last, last.at == now + Self.latency,
      case .toRelay(let earlier) = last.event
    {
      events[events.count - 1].event = .toRelay(earlier + octets)
    } else {
      schedule(.toRelay(octets))
    }
  }

  private func schedule(_ event: Event, in time: Int64 = latency) {
    let at = now + time
    let place = events.firstIndex { $0.at > at } ?? events.endIndex
    events.insert(Scheduled(at: at, event: event), at: place)
  }

  // MARK: Events

  private func handle(_ event: Event) {
    switch event {
    case .connected:
      isConnected = true
      session = relay.connect()
      act { $0.connected(to: "memory", at: $1, into: &$2) }
      tell { $0.opened(at: $1, into: &$2) }
    case .toRelay(let octets): receive(octets)
    case .clientHello:
      guard relayAwaitsHandshake else { return receive(Self.helloOctets) }
      relayAwaitsHandshake = false
      isSecure = true
      schedule(.secured)
      tell { $0.secured(Self.facts, at: $1, into: &$2) }
    case .inputEnded: tell { $0.inputEnded(at: $1, into: &$2) }
    case .fromRelay(let octets):
      guard isConnected else { return }
      if clientAwaitsHandshake { return failHandshake("the server's octets are no TLS") }
      octets.withUnsafeBytes { bytes in act { $0.received(bytes, at: $1, into: &$2) } }
    case .secured:
      guard isConnected, clientAwaitsHandshake else { return }
      clientAwaitsHandshake = false
      tls = Self.facts
      act {
        $0.secured(Self.facts.summary, binding: Self.facts.channelBinding, at: $1, into: &$2)
      }
    case .ended(let end):
      guard isConnected else { return }
      if clientAwaitsHandshake { return failHandshake("the server closed the connection") }
      disconnect()
      act { $0.ended(end, at: $1, into: &$2) }
    case .drained: act { $0.drained(at: $1, into: &$2) }
    }
  }

  private func failHandshake(_ reason: String) {
    disconnect()
    act { $0.handshakeFailed(reason, at: $1, into: &$2) }
  }

  private func disconnect() {
    isConnected = false
    isHolding = false
    held = []
    relayAwaitsHandshake = false
    clientAwaitsHandshake = false
    isSecure = false
    session = nil
    events = []
  }

  // MARK: The relay

  private func receive(_ octets: [UInt8]) {
    if relayAwaitsHandshake {
      relayAwaitsHandshake = false
      return tell { $0.handshakeFailed(at: $1, into: &$2) }
    }
    if isHolding {
      held.append(octets)
    } else {
      octets.withUnsafeBytes { bytes in tell { $0.received(bytes, at: $1, into: &$2) } }
    }
  }

  private func releaseHeld() {
    while !isHolding, !held.isEmpty { receive(held.removeFirst()) }
  }

  private func tell(_ event: (RelaySession, RelayInstant, inout RelayOutput) -> Void) {
    guard let session else { return }
    relayOutput.clear()
    event(session, RelayInstant(nanoseconds: now.nanoseconds), &relayOutput)
    if !relayOutput.octets.isEmpty { schedule(.fromRelay(relayOutput.octets)) }
    switch relayOutput.step {
    case .read: break
    case .hold: isHolding = true
    case .startTLS: relayAwaitsHandshake = true
    case .store(let message):
      let isStored = relay.keep(message)
      tell { $0.stored(isStored, at: $1, into: &$2) }
    case .close(.orderly): schedule(.ended(.fin))
    case .close(.withoutCloseNotify): schedule(.ended(isSecure ? .truncated : .fin))
    case .close(.reset): schedule(.ended(.reset))
    }
  }

  // MARK: The client

  private func act(_ event: (inout Dialogue, Instant, inout DialogueOutput) -> Void) {
    output.clear()
    event(&dialogue, now, &output)
    var next = 0
    while next < output.actions.count {
      let action = output.actions[next]
      next += 1
      perform(action)
    }
  }

  private func perform(_ action: DialogueAction) {
    switch action {
    case .connect: schedule(.connected)
    case .write(let range): write(range)
    case .writeAndReport(let range):
      write(range)
      if isConnected { schedule(.drained, in: 0) }
    case .startTLS:
      clientAwaitsHandshake = true
      schedule(.clientHello)
    case .close(.output): schedule(.inputEnded)
    case .close(.closeNotify): schedule(.inputEnded)
    case .close: disconnect()
    case .ready, .finished: dialogue.move(.finish, at: now, into: &output)
    case .mayFollow: dialogue.follow(nil, at: now, into: &output)
    case .measured, .replied, .refused, .handshakeFailed, .connectionEnded, .over: break
    }
  }
}
