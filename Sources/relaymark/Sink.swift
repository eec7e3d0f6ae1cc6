// SPDX-License-Identifier: Apache-2.0
//
// The sink of a run: a reference relay that takes everything, listening where the target delivers for
// as long as the run takes.

import Conformance
import Glibc
import NIOCore
import NIOPosix
import ReferenceRelay
import ScenarioLanguage

/// A listener and the desk to which it hands what comes.
struct Sink: Sendable {
  let desk: SinkDesk
  let address: TargetProfile.SinkAddress
  private let relay: ReferenceRelay

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - address: port 0 takes any that is free.
  ///   - settling: how long a second copy of a message is waited for.
  /// - Throws: `HarnessError` where the address cannot be had, with what helps.
  static func start(
    at address: TargetProfile.SinkAddress, settling: Duration = .seconds(1),
    on group: any EventLoopGroup
  ) async throws -> Sink {
    let board = RelayRuleBoard()
    let desk = SinkDesk(settling: settling) { script in
      board.hang(script.map { $0.replies.map(RelayRule.init) } ?? [])
    }
    let configuration = RelayConfiguration.sink(board: board) { message in
      desk.take(
        SinkMail(
          sender: message.sender, recipients: message.recipients, content: message.content))
      return true
    }
    do {
      let relay = try await ReferenceRelay.start(
        configuration,
        listeners: [RelayListener(role: .relay, host: address.host, port: address.port)],
        group: group)
      let port = relay.endpoints.first?.port ?? address.port
      return Sink(
        desk: desk, address: TargetProfile.SinkAddress(host: address.host, port: port),
        relay: relay)
    } catch let error as RelayStartError {
      throw HarnessError("the sink of the profile: \(error)\(help(for: error.code))")
    }
  }

  func stop() async { await relay.stop() }

  /// Runs the body while the profile's sink listens, where it has one that is needed.
  static func with<Result: Sendable>(
    _ profile: TargetProfile, neededBy scenarios: [Scenario],
    _ body: (SinkDesk?) async throws -> Result
  ) async throws -> Result {
    guard let address = profile.sink, scenarios.contains(where: \.needs.sink) else {
      return try await body(nil)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let sink = try await start(at: address, on: group)
      do {
        let result = try await body(sink.desk)
        await sink.stop()
        try await group.shutdownGracefully()
        return result
      } catch {
        await sink.stop()
        throw error
      }
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
  }

  private static func help(for code: Int32?) -> String {
    switch code {
    case EADDRINUSE?:
      "; stop what listens there, or name another port in the profile and let the target deliver there"
    case EADDRNOTAVAIL?: "; name an address of this machine"
    case EACCES?:
      "; ports below 1024 are for root, name a higher one and let the target deliver there"
    default: ""
    }
  }
}

extension RelayRule {
  /// The sink's answer as a rule of the relay.
  init(_ reply: SinkScript.Reply) {
    let stage: RelayStage? =
      switch reply.stage {
      case .greeting: .connect
      case .ehlo: .ehlo
      case .mail: .mail
      case .rcpt: .rcpt
      case .data: .data
      case .body: .message
      case .quit: .quit
      // The reader takes no others.
      default: nil
      }
    let act: Act =
      switch reply.answer {
      case .say(let line): RelayReply(parsing: line).map { .reply($0) } ?? .close
      case .close(.rst): .reset
      case .close(.fin): .close
      }
    self.init(at: stage, act, times: reply.times)
  }
}
