// SPDX-License-Identifier: Apache-2.0
//
// The queue between a relay and its next hop: bounded, a few connections at a time, with a short
// schedule of retries. What cannot be delivered is dropped, counted and noted: no notice goes out to
// anybody, since the sender of a test is nobody.

import NIOCore
import NIOPosix
import Synchronization

/// Sends accepted messages on.
final class Forwarder: Sendable {
  /// Time that messages on their way have when the relay stops.
  private static let stopLimit = TimeAmount.seconds(2)
  private static let connectTimeout = TimeAmount.seconds(30)

  private struct Item: Sendable {
    var copy: RelayCopy
    var id: String
    var tries = 0
  }

  private struct State {
    var ready: [Item] = []
    /// Messages that are ready, on their way or put off, and their octets.
    var held = 0
    var octets = 0
    var sending = 0
    var isStopping = false
    var timers: [Int: Scheduled<Void>] = [:]
    var channels: [ObjectIdentifier: any Channel] = [:]
    var nextTimer = 0
    /// Waits for the last message to leave.
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let hop: RelayNextHop
  private let hostName: String
  private let group: any EventLoopGroup
  private let note: @Sendable (String) -> Void
  private let state = Mutex(State())
  let forwarded = Count()
  let deferrals = Count()
  let dropped = Count()

  init(_ hop: RelayNextHop, _ configuration: RelayConfiguration, group: any EventLoopGroup) {
    self.hop = hop
    hostName = configuration.hostName
    note = configuration.note
    self.group = group
  }

  /// Takes all copies of a message, or none where too many wait already.
  func take(_ message: RelayMessage) -> Bool {
    let octets = message.copies.reduce(0) { $0 + $1.content.count }
    let isTaken = state.withLock { state in
      guard !state.isStopping, state.held + message.copies.count <= hop.waiting,
        state.octets + octets <= hop.waitingOctets
      else { return false }
      state.ready += message.copies.map { Item(copy: $0, id: message.id) }
      state.held += message.copies.count
      state.octets += octets
      return true
    }
    if isTaken { work() } else { note("relay: too many messages wait for the next hop") }
    return isTaken
  }

  /// Lets messages on their way arrive for a moment, and drops all others.
  func stop() async {
    let (timers, waiting) = state.withLock { state in
      state.isStopping = true
      defer { state.timers = [:] }
      return (state.timers.values.map(\.self), state.held - state.sending)
    }
    for timer in timers { timer.cancel() }
    drop(waiting, because: "the relay stops")
    let limit = group.any().scheduleTask(in: Self.stopLimit) {
      let channels = self.state.withLock { Array($0.channels.values) }
      for channel in channels { channel.close(promise: nil) }
    }
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.sending > 0 { state.waiter = continuation }
        return state.sending == 0
      }
      if isIdle { continuation.resume() }
    }
    limit.cancel()
  }

  private func drop(_ count: Int, because reason: String) {
    guard count > 0 else { return }
    dropped.add(count)
    note("relay: \(count) message\(count == 1 ? "" : "s") dropped: \(reason)")
  }

  // MARK: - On the way

  private func work() {
    while let item = next() { send(item) }
  }

  private func next() -> Item? {
    state.withLock { state in
      guard !state.isStopping, state.sending < hop.connections, !state.ready.isEmpty else {
        return nil
      }
      state.sending += 1
      return state.ready.removeFirst()
    }
  }

  private func send(_ item: Item) {
    let loop = group.next()
    ClientBootstrap(group: loop).connectTimeout(Self.connectTimeout)
      .channelInitializer { [hop, hostName] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            ForwardHandler(item.copy, hostName: hostName, hop: hop) { self.finish(item, $0) })
        }
      }
      .connect(host: hop.host, port: hop.port)
      .whenComplete { result in
        switch result {
        case .success(let channel): self.keep(channel)
        case .failure(let error):
          // The handler of a channel that never opened says nothing.
          let fate = ForwardSession.Fate.deferred("no connection to the next hop: \(error)")
          self.finish(
            item, Dictionary(uniqueKeysWithValues: item.copy.recipients.indices.map { ($0, fate) }))
        }
      }
  }

  private func keep(_ channel: any Channel) {
    let isLate = state.withLock { state in
      state.channels[ObjectIdentifier(channel)] = channel
      return state.isStopping
    }
    if isLate { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
    }
  }

  /// Books what became of a message, and puts off what is to be tried again.
  private func finish(_ item: Item, _ fates: [Int: ForwardSession.Fate]) {
    var rest = item
    rest.tries += 1
    rest.copy.recipients = []
    var reasons: [String] = []
    for (place, recipient) in item.copy.recipients.enumerated() {
      switch fates[place] {
      case .delivered?: break
      case .refused(let reason)?: reasons.append("<\(recipient)>: \(reason)")
      case .deferred(let reason)?:
        if item.copy.triesAgain, item.tries < hop.retries.count {
          rest.copy.recipients.append(recipient)
        } else {
          reasons.append("<\(recipient)>, given up: \(reason)")
        }
      case nil: break
      }
    }
    if fates.values.contains(.delivered) { forwarded.add() }
    if !reasons.isEmpty {
      dropped.add()
      note("relay: message \(item.id) was not forwarded: \(reasons.joined(separator: "; "))")
    }
    let isLeft = !rest.copy.recipients.isEmpty
    if isLeft { deferrals.add() }
    settle(isLeft ? rest : nil, octets: item.copy.content.count)
    work()
  }

  private func settle(_ rest: Item?, octets: Int) {
    let (waiter, isLost) = state.withLock { state in
      state.sending -= 1
      let isLost = rest != nil && state.isStopping
      if let rest, !state.isStopping {
        putOff(rest, &state)
      } else {
        state.held -= 1
        state.octets -= octets
      }
      guard state.isStopping, state.sending == 0 else {
        return (nil as CheckedContinuation<Void, Never>?, isLost)
      }
      defer { state.waiter = nil }
      return (state.waiter, isLost)
    }
    if isLost { drop(1, because: "the relay stops") }
    waiter?.resume()
  }

  private func putOff(_ item: Item, _ state: inout State) {
    let number = state.nextTimer
    state.nextTimer += 1
    let delay = hop.retries[item.tries - 1]
    state.timers[number] = group.next().scheduleTask(in: TimeAmount(delay)) {
      self.state.withLock { state in
        state.timers[number] = nil
        if !state.isStopping { state.ready.append(item) }
      }
      self.work()
    }
  }
}
