// SPDX-License-Identifier: Apache-2.0
//
// Raw hellos in a channel's pipeline: a client that says one and hears the answer, and a server that
// answers one with what no OpenSSL would say. Neither goes on behind the answer.

package import NIOCore

/// What came of a raw hello; fired as an inbound user event, once.
package enum RawHelloEvent: Sendable {
  case answered(HelloAnswer)
  case refused(TLSError)
}

/// Says a hello of our own making over a channel and tells what the server answers.
///
/// Add it as the first handler. Nothing passes it inward; closing is its owner's move.
package final class RawHelloHandler: ChannelInboundHandler {
  package typealias InboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  private let hello: RawHello
  private let serverName: String?
  private var received: [UInt8] = []
  private var isOver = false

  /// - Parameter serverName: The name to indicate (RFC 6066 section 3); an address is never sent.
  package init(_ hello: RawHello, serverName: String?) {
    self.hello = hello
    self.serverName = serverName.flatMap { isAddress($0) ? nil : $0 }
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { say(context) }
  }

  package func channelActive(context: ChannelHandlerContext) {
    say(context)
    context.fireChannelActive()
  }

  private func say(_ context: ChannelHandlerContext) {
    let octets = HelloOctets.client(hello, random: Digests.random(32), serverName: serverName)
    context.writeAndFlush(
      wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Behind the answer the server goes on with what only a real handshake could use.
    guard !isOver else { return }
    received += unwrapInboundIn(data).readableBytesView
    switch HelloOctets.answer(in: received) {
    case .incomplete: return
    case .message(let answer): tell(context, .answered(answer))
    case .alert(let number):
      let alert = TLSAlert(
        sent: false, number: number, name: Diagnosis.name(ofAlert: Int32(number)))
      tell(context, .refused(TLSError(.handshake, alert: alert)))
    case .foreign:
      let line = printable(received.prefix(80).prefix { $0 != 0x0D && $0 != 0x0A })
      tell(context, .refused(TLSError(.cleartext, detail: "\"\(line)\"")))
    }
  }

  package func channelInactive(context: ChannelHandlerContext) {
    if !isOver { tell(context, .refused(TLSError(.closedInHandshake))) }
    context.fireChannelInactive()
  }

  private func tell(_ context: ChannelHandlerContext, _ event: RawHelloEvent) {
    isOver = true
    received = []
    context.fireUserInboundEventTriggered(event)
  }
}

/// Which hellos a broken server answers with what no OpenSSL says.
package enum HelloForgery: Sendable, Hashable {
  /// SSL 3.0 to those that offer nothing newer.
  case ssl3
  /// DEFLATE to those that offer it.
  case compression
  /// Nothing about renegotiation to those that ask for it without the extended master secret.
  case noRenegotiationInfo
  /// RC4 to those that offer it.
  case rc4
  /// Nothing at all to those that do not speak TLS.
  case silenceToClearText

  /// The forged answer; nil where the hello is one for OpenSSL.
  func answer(to hello: ClientHelloWords) -> HelloAnswer? {
    let rc4: Set<UInt16> = [0x0004, 0x0005, 0xC007, 0xC011]
    let renegotiation = HelloOctets.renegotiationInfo
    switch self {
    case .ssl3:
      guard hello.version == 0x0300, let cipher = hello.ciphers.last else { return nil }
      return HelloAnswer(version: 0x0300, cipher: cipher)
    case .compression:
      guard hello.compressions.contains(1), let cipher = hello.ciphers.first else { return nil }
      return HelloAnswer(
        version: 0x0303, cipher: cipher, compression: 1, extensions: [renegotiation])
    case .noRenegotiationInfo:
      guard hello.extensions.contains(renegotiation),
        !hello.extensions.contains(HelloOctets.extendedMasterSecret), hello.compressions == [0],
        let cipher = hello.ciphers.first, !rc4.contains(cipher)
      else { return nil }
      return HelloAnswer(version: 0x0303, cipher: cipher)
    case .rc4:
      guard hello.version > 0x0300, let cipher = hello.ciphers.first(where: rc4.contains) else {
        return nil
      }
      return HelloAnswer(version: 0x0303, cipher: cipher, extensions: [renegotiation])
    case .silenceToClearText: return nil
    }
  }
}

/// Stands before a server's TLS and answers certain hellos itself; all others pass.
package final class HelloForger: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  private let forgery: HelloForgery
  private var received: [UInt8] = []
  private var hasForged = false

  package init(_ forgery: HelloForgery) { self.forgery = forgery }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasForged else { return }
    received += unwrapInboundIn(data).readableBytesView
    switch HelloOctets.hello(in: received) {
    case .incomplete: return
    case .message(let hello):
      guard let answer = forgery.answer(to: hello) else { return pass(context) }
      hasForged = true
      received = []
      let octets = HelloOctets.server(answer, random: Digests.random(32))
      context.writeAndFlush(
        wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
    case .foreign where forgery == .silenceToClearText:
      hasForged = true
      received = []
    case .alert, .foreign: pass(context)
    }
  }

  /// Hands over what came, and stands aside.
  private func pass(_ context: ChannelHandlerContext) {
    let octets = context.channel.allocator.buffer(bytes: received)
    received = []
    context.fireChannelRead(wrapInboundOut(octets))
    context.fireChannelReadComplete()
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}
