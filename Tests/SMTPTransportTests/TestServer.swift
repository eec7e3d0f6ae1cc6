// SPDX-License-Identifier: Apache-2.0
//
// A small SMTP server on real sockets whose misbehaviour is scripted line by line. Shares no code
// with the product but TLS.

import NIOCore
import NIOPosix
import TLSEngine

#if canImport(Glibc)
  import Glibc
#endif

/// What the server does, in order.
enum ServerAction: Sendable, ExpressibleByStringLiteral {
  case say(String)
  /// Everything behind this goes out after so many milliseconds.
  case pause(Int)
  case finish
  case reset
  case startTLS
  /// Close without close_notify.
  case truncate
  /// Reads no more.
  case stopReading
  /// Writes this text without end, as fast as the client takes it.
  case flood(String)

  init(stringLiteral text: String) { self = .say(text) }
}

/// How a server answers.
struct ServerScript: Sendable {
  var greeting: [ServerAction] = ["220 server.test ready\r\n"]
  /// By the first word of a line, upper case; `.` is the end of a message.
  var answers: [String: [ServerAction]] = [:]
  /// After so many octets of a message.
  var duringMessage: (octets: Int, actions: [ServerAction])?
  var implicitTLS: TLSServerContext?
  var startTLS: TLSServerContext?
  /// Stop reading after the message has begun.
  var stopsReading = false

  func answer(_ line: String) -> [ServerAction] {
    let verb = line.split(separator: " ").first.map { $0.uppercased() } ?? ""
    if let told = answers[verb] { return told }
    switch verb {
    case "EHLO":
      return startTLS == nil
        ? ["250-server.test\r\n250 PIPELINING\r\n"] : ["250-server.test\r\n250 STARTTLS\r\n"]
    case "MAIL", "RCPT", "RSET", "NOOP", ".": return ["250 2.0.0 ok\r\n"]
    case "DATA": return ["354 go\r\n"]
    case "STARTTLS": return ["220 go\r\n", .startTLS]
    case "QUIT": return ["221 bye\r\n", .finish]
    default: return ["500 5.5.1 what\r\n"]
    }
  }
}

/// A listening server; closed when the closure that it is handed to returns.
struct TestServer {
  let address: SocketAddress

  static func run<Result>(
    _ script: ServerScript, at address: SocketAddress? = nil,
    _ body: (TestServer) async throws -> Result
  ) async throws -> Result {
    let group = MultiThreadedEventLoopGroup.singleton
    let bootstrap = ServerBootstrap(group: group)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls = script.implicitTLS {
            try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls))
          }
          try channel.pipeline.syncOperations.addHandler(ServerHandler(script))
        }
      }
    let wanted = try address ?? SocketAddress(ipAddress: "127.0.0.1", port: 0)
    let channel = try await bootstrap.bind(to: wanted).get()
    let bound = try known(channel.localAddress)
    do {
      let result = try await body(TestServer(address: bound))
      try await channel.close().get()
      return result
    } catch {
      try? await channel.close().get()
      throw error
    }
  }

  private static func known(_ address: SocketAddress?) throws -> SocketAddress {
    guard let address else { throw ChannelError.unknownLocalAddress }
    return address
  }
}

private final class ServerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let script: ServerScript
  private var buffer: [UInt8] = []
  private var isInMessage = false
  private var messageOctets = 0

  init(_ script: ServerScript) { self.script = script }

  func channelActive(context: ChannelHandlerContext) {
    if script.implicitTLS == nil { follow(script.greeting[...], context) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSEvent, script.implicitTLS != nil {
      follow(script.greeting[...], context)
    }
    if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    buffer += Array(unwrapInboundIn(data).readableBytesView)
    while step(context) {}
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func step(_ context: ChannelHandlerContext) -> Bool {
    if isInMessage { return readMessage(context) }
    guard let end = buffer.firstIndex(of: 10) else { return false }
    let line = String(decoding: buffer[..<end].filter { $0 != 13 }, as: UTF8.self)
    buffer.removeSubrange(...end)
    let actions = script.answer(line)
    if line.uppercased() == "DATA" {
      isInMessage = true
      messageOctets = 0
      if script.stopsReading {
        context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
      }
    }
    follow(actions[...], context)
    return true
  }

  private func readMessage(_ context: ChannelHandlerContext) -> Bool {
    let end = Array("\r\n.\r\n".utf8)
    if let moment = script.duringMessage, messageOctets + buffer.count >= moment.octets {
      buffer = []
      if messageOctets >= 0 { follow(moment.actions[...], context) }
      messageOctets = .min / 2
      return false
    }
    guard buffer.suffix(5) == end[...] else {
      messageOctets += buffer.count
      buffer = Array(buffer.suffix(5))
      return false
    }
    buffer = []
    isInMessage = false
    follow(script.answer(".")[...], context)
    return false
  }

  private func follow(_ actions: ArraySlice<ServerAction>, _ context: ChannelHandlerContext) {
    var rest = actions
    while let action = rest.popFirst() {
      switch action {
      case .say(let text):
        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
      case .pause(let milliseconds):
        let later = rest
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
          let (handler, context) = bound.value
          if context.channel.isActive { handler.follow(later, context) }
        }
        return
      case .finish: context.close(promise: nil)
      case .reset:
        if let provider = context.channel as? any SocketOptionProvider {
          provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        context.close(promise: nil)
      case .truncate:
        let handler = try? context.pipeline.syncOperations.handler(type: TLSHandler.self)
        if let handler { handler.closeWithoutNotify() } else { context.close(promise: nil) }
      case .startTLS:
        guard let tls = script.startTLS else { continue }
        try? context.pipeline.syncOperations.addHandler(TLSHandler(server: tls), position: .first)
      case .stopReading:
        context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
      case .flood(let text):
        let once = Array(text.utf8)
        let count = max(1, 65_536 / once.count)
        flood(ByteBuffer(bytes: repeatElement(once, count: count).joined()), context)
      }
    }
  }

  private func flood(_ octets: ByteBuffer, _ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(NIOAny(octets)).whenSuccess {
      // Not at once: others share the loop.
      bound.value.1.eventLoop.scheduleTask(in: .milliseconds(1)) {
        bound.value.0.flood(octets, bound.value.1)
      }
    }
  }
}
