// SPDX-License-Identifier: Apache-2.0
//
// The relay on the network: binds its listeners, gives every connection a session, counts, and ends
// in good order.

import Glibc
package import NIOCore
import NIOPosix
import TLSEngine

/// An honest mail server and sink, or one that is broken in a named way.
package final class ReferenceRelay: Sendable {
  /// Time that busy sessions have to finish when the relay stops.
  private static let stopLimit = TimeAmount.seconds(5)
  /// Connections that may wait to be accepted; the kernel may allow fewer (`net.core.somaxconn`).
  private static let backlog: Int32 = 4_096

  package let configuration: RelayConfiguration
  /// Where it listens, in the order of the listeners asked for.
  package let endpoints: [RelayEndpoint]
  /// The authority to trust for the certificate made at start; empty where one was given, or none.
  package let authorityPEM: [UInt8]
  private let listeners: [any Channel]
  private let means: RelayMeans
  private let tallies: [RelayTally]

  private init(
    _ configuration: RelayConfiguration, endpoints: [RelayEndpoint], authorityPEM: [UInt8],
    listeners: [any Channel], means: RelayMeans, tallies: [RelayTally]
  ) {
    self.configuration = configuration
    self.endpoints = endpoints
    self.authorityPEM = authorityPEM
    self.listeners = listeners
    self.means = means
    self.tallies = tallies
  }

  /// Starts a relay.
  ///
  /// - Throws: ``RelayStartError`` where an address cannot be bound, a certificate not be had or the
  ///   Maildir not be made; nothing is left behind then.
  package static func start(
    _ configuration: RelayConfiguration, listeners: [RelayListener], group: any EventLoopGroup
  ) async throws -> ReferenceRelay {
    if configuration.tls == nil, let first = listeners.first(where: { $0.role.isImplicitTLS }) {
      throw RelayStartError("a listener for \(first.role.rawValue) needs TLS, which is off")
    }
    let made = try tlsContexts(configuration)
    let keeper = MessageKeeper(
      storage: try storage(configuration), inbox: configuration.inbox,
      forwarder: configuration.nextHop.map { Forwarder($0, configuration, group: group) })
    let means = RelayMeans(
      table: ConnectionTable(limits: configuration.limits), tls: made.tls, userTLS: made.userTLS,
      forgery: made.forgery, keeper: keeper,
      started: RelayInstant(.now()))
    let share = RelayShare(configuration)
    var tallies: [ObjectIdentifier: RelayTally] = [:]
    for loop in group.makeIterator() { tallies[ObjectIdentifier(loop)] = RelayTally() }
    var channels: [any Channel] = []
    var endpoints: [RelayEndpoint] = []
    do {
      for listener in listeners {
        let service = RelayService(configuration, role: listener.role, shared: share)
        let channel = try await bind(listener, service, means, tallies, group)
        channels.append(channel)
        endpoints.append(endpoint(listener, channel))
      }
    } catch {
      for channel in channels { await close(channel) }
      await keeper.stop()
      throw error
    }
    return ReferenceRelay(
      configuration, endpoints: endpoints, authorityPEM: made.authorityPEM, listeners: channels,
      means: means, tallies: Array(tallies.values))
  }

  /// What was counted so far.
  package func counters() -> RelayCounters {
    var counters = RelayCounters()
    means.table.add(to: &counters)
    for tally in tallies { tally.add(to: &counters) }
    means.keeper.add(to: &counters)
    return counters
  }

  /// Ends the relay: no new connections, 421 to idle clients, a few seconds for messages on their
  /// way, then the end for all.
  package func stop() async {
    for listener in listeners { await Self.close(listener) }
    let channels = means.table.channels
    await withTaskGroup(of: Void.self) { group in
      for channel in channels { group.addTask { await Self.dismiss(channel) } }
    }
    await means.keeper.stop()
    for case .some(let path) in endpoints.map(\.path) { unlink(path) }
  }

  /// Tells a session to end, and ends it if it does not.
  private static func dismiss(_ channel: any Channel) async {
    channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(RelayShutdown()) }
    let limit = channel.eventLoop.scheduleTask(in: stopLimit) { channel.close(promise: nil) }
    // The future of a channel's close only ever succeeds.
    try? await channel.closeFuture.get()
    limit.cancel()
  }

  private static func close(_ channel: any Channel) async {
    // A listener that is closed already is what was wanted.
    try? await channel.close()
  }

  // MARK: Start

  /// What TLS needs on both kinds of listeners.
  private struct MadeTLS {
    /// For other servers.
    var tls: TLSServerContext?
    var userTLS: TLSServerContext?
    var forgery: HelloForgery?
    var authorityPEM: [UInt8] = []
  }

  /// The contexts for other servers and for users, and the authority of a certificate made here.
  private static func tlsContexts(
    _ configuration: RelayConfiguration
  ) throws(RelayStartError) -> MadeTLS {
    guard var tls = configuration.tls else { return MadeTLS() }
    for fault in configuration.faults { fault.adjust(&tls) }
    do throws(TLSError) {
      var authority: [UInt8] = []
      let identity: TLSIdentity
      var names: [String]?
      if let given = tls.identity {
        identity = given
      } else {
        let wanted =
          tls.names.isEmpty
          ? [configuration.hostName, "localhost", "127.0.0.1", "::1"] : tls.names
        (identity, authority) = try SelfSigned.identity(
          names: wanted, commonName: tls.commonName, key: tls.key, days: tls.days)
        if tls.refusesUnknownNames { names = wanted + [configuration.hostName] }
      }
      var settings = TLSServerSettings(
        identity: identity, minimum: tls.minimum, maximum: tls.maximum, ciphers: tls.ciphers,
        groups: tls.groups, prefersOwnCiphers: tls.prefersOwnCiphers,
        prefersTLS12: tls.prefersTLS12, extendedMasterSecret: tls.extendedMasterSecret,
        applicationProtocol: tls.applicationProtocol, resumption: tls.resumption,
        clientCertificates: tls.clientCertificates)
      let everybody = try TLSServerContext(settings)
      settings.serverNames = names
      let known = try TLSServerContext(settings)
      return MadeTLS(
        tls: tls.servesEveryServer ? everybody : known, userTLS: known, forgery: tls.forgery,
        authorityPEM: authority)
    } catch {
      throw RelayStartError("TLS cannot be set up: \(error)")
    }
  }

  private static func storage(
    _ configuration: RelayConfiguration
  ) throws(RelayStartError) -> MessageStorage? {
    guard let folder = configuration.maildir else { return nil }
    do throws(StoreError) {
      return try MessageStorage(folder: folder, configuration)
    } catch {
      throw RelayStartError("\(error)")
    }
  }

  private static func bind(
    _ listener: RelayListener, _ service: RelayService, _ means: RelayMeans,
    _ tallies: [ObjectIdentifier: RelayTally], _ group: any EventLoopGroup
  ) async throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            handler(for: channel, service, means, tallies))
        }
      }
    do {
      switch listener.place {
      case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: port).get()
      case .unix(let path):
        return try await bootstrap.bind(
          unixDomainSocketPath: path, cleanupExistingSocketFile: true
        ).get()
      }
    } catch {
      throw RelayStartError(
        "cannot listen at \(listener.place): \(error)", code: (error as? IOError)?.errnoCode)
    }
  }

  private static func handler(
    for channel: any Channel, _ service: RelayService, _ means: RelayMeans,
    _ tallies: [ObjectIdentifier: RelayTally]
  ) -> RelayChannelHandler {
    let address = channel.remoteAddress?.ipAddress
    let (admission, number) = means.table.enter(channel, from: address)
    channel.closeFuture.whenComplete { _ in
      means.table.leave(number, from: address, after: admission)
    }
    guard let tally = tallies[ObjectIdentifier(channel.eventLoop)] else {
      preconditionFailure("a connection came to an event loop outside of the relay's group")
    }
    let peer = RelayPeer(
      address: address, localAddress: channel.localAddress?.ipAddress, number: number)
    return RelayChannelHandler(
      service, peer: peer, tally: tally, means: means, admission: admission)
  }

  private static func endpoint(_ listener: RelayListener, _ channel: any Channel) -> RelayEndpoint {
    switch listener.place {
    case .tcp(let host, let port):
      RelayEndpoint(
        role: listener.role, host: channel.localAddress?.ipAddress ?? host,
        port: channel.localAddress?.port ?? port)
    case .unix(let path): RelayEndpoint(role: listener.role, path: path)
    }
  }
}

extension RelayListener.Place: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }
}
