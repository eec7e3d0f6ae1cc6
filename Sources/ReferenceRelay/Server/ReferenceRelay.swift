// SPDX-License-Identifier: Apache-2.0
//
// The relay as a server: binds its listeners, makes its certificate, counts, and stops cleanly.

package import NIOCore
import NIOPosix
import Synchronization
import TLSEngine

/// A running reference relay.
package final class ReferenceRelay: Sendable {
  /// Where it listens, in the order in which that was asked for.
  package let endpoints: [RelayEndpoint]
  /// The authority that signed the certificate made at start; empty where one was given, or none.
  package let authorityPEM: [UInt8]
  private let channels: [any Channel]
  private let connections: OpenChannels
  private let table: ConnectionTable
  private let tallies: TallyBoard
  private let store: StoreQueue?

  private init(
    endpoints: [RelayEndpoint], authorityPEM: [UInt8], channels: [any Channel],
    connections: OpenChannels, table: ConnectionTable, tallies: TallyBoard, store: StoreQueue?
  ) {
    self.endpoints = endpoints
    self.authorityPEM = authorityPEM
    self.channels = channels
    self.connections = connections
    self.table = table
    self.tallies = tallies
    self.store = store
  }

  /// Binds all listeners; where one cannot be bound, none stays.
  ///
  /// - Throws: why a listener, the certificate or the Maildir could not be had.
  package static func start(
    _ configuration: RelayConfiguration, listeners: [RelayListener], group: any EventLoopGroup
  ) async throws -> ReferenceRelay {
    let (context, authority) = try tls(of: configuration)
    let store = try configuration.maildir.map {
      StoreQueue(maildir: try MaildirStore(folder: $0), most: configuration.limits.waitingStores)
    }
    let begin = NIODeadline.now()
    let clock: @Sendable () -> RelayInstant = {
      RelayInstant(nanoseconds: (NIODeadline.now() - begin).nanoseconds)
    }
    let table = ConnectionTable(limits: configuration.limits)
    let server = RelayServer(table: table, context: context, store: store, clock: clock)
    let tallies = TallyBoard()
    let connections = OpenChannels()
    var channels: [any Channel] = []
    var endpoints: [RelayEndpoint] = []
    do {
      for listener in listeners {
        let environment = RelayEnvironment(
          role: listener.role, configuration: configuration, start: clock())
        let channel = try await bind(
          listener, group: group, server: server, environment: environment, tallies: tallies,
          connections: connections)
        channels.append(channel)
        endpoints.append(endpoint(of: listener, channel))
      }
    } catch {
      for channel in channels { try? await channel.close() }
      await store?.stop()
      throw error
    }
    return ReferenceRelay(
      endpoints: endpoints, authorityPEM: authority, channels: channels, connections: connections,
      table: table, tallies: tallies, store: store)
  }

  /// What was counted so far.
  package func counters() -> RelayCounters {
    var counters = RelayCounters()
    table.add(to: &counters)
    tallies.add(to: &counters)
    return counters
  }

  /// Stops listening and ends all connections.
  package func stop() async {
    for channel in channels { try? await channel.close() }
    await connections.closeAll()
    await store?.stop()
  }

  // MARK: Starting

  private static func tls(of configuration: RelayConfiguration) throws
    -> (TLSServerContext?, authority: [UInt8])
  {
    guard var wish = configuration.tls else { return (nil, []) }
    for fault in configuration.faults { fault.adjust(&wish) }
    var authority: [UInt8] = []
    let identity: TLSIdentity
    if let given = wish.identity {
      identity = given
    } else {
      let names =
        wish.names.isEmpty
        ? [configuration.hostName, "localhost", "127.0.0.1", "::1"] : wish.names
      let made = try SelfSigned.identity(names: names, days: wish.days)
      identity = made.identity
      authority = made.authorityPEM
    }
    let settings = TLSServerSettings(
      identity: identity, minimum: wish.minimum, maximum: wish.maximum, ciphers: wish.ciphers,
      groups: wish.groups, resumption: wish.resumption,
      clientCertificates: wish.clientCertificates)
    return (try TLSServerContext(settings), authority)
  }

  private static func bind(
    _ listener: RelayListener, group: any EventLoopGroup, server: RelayServer,
    environment: RelayEnvironment, tallies: TallyBoard, connections: OpenChannels
  ) async throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096)
      )
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        connections.add(channel)
        let tally = tallies.tally(for: channel.eventLoop)
        return channel.eventLoop.makeCompletedFuture {
          if case .tcp = listener.place {
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
          }
          try channel.pipeline.syncOperations.addHandler(
            RelayHandler(server: server, environment: environment, tally: tally))
        }
      }
    switch listener.place {
    case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: port).get()
    case .unix(let path):
      return try await bootstrap.bind(
        unixDomainSocketPath: path, cleanupExistingSocketFile: true
      ).get()
    }
  }

  private static func endpoint(of listener: RelayListener, _ channel: any Channel)
    -> RelayEndpoint
  {
    switch listener.place {
    case .tcp(let host, let port):
      RelayEndpoint(
        role: listener.role, host: channel.localAddress?.ipAddress ?? host,
        port: channel.localAddress?.port ?? port)
    case .unix(let path): RelayEndpoint(role: listener.role, host: path, port: 0)
    }
  }
}

/// One tally for each event loop.
final class TallyBoard: Sendable {
  private let tallies = Mutex<[ObjectIdentifier: RelayTally]>([:])

  func tally(for loop: any EventLoop) -> RelayTally {
    tallies.withLock { tallies in
      let key = ObjectIdentifier(loop)
      if let tally = tallies[key] { return tally }
      let tally = RelayTally()
      tallies[key] = tally
      return tally
    }
  }

  func add(to counters: inout RelayCounters) {
    tallies.withLock { tallies in
      for tally in tallies.values { tally.add(to: &counters) }
    }
  }
}

/// The connections that are open, so that `stop` can end them.
final class OpenChannels: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  func add(_ channel: any Channel) {
    let key = ObjectIdentifier(channel)
    channels.withLock { $0[key] = channel }
    channel.closeFuture.whenComplete { [self] _ in
      channels.withLock { $0[key] = nil }
    }
  }

  func closeAll() async {
    let open = channels.withLock { Array($0.values) }
    for channel in open { try? await channel.close() }
  }
}
