// SPDX-License-Identifier: Apache-2.0
//
// Hellos of our own making: read and written octet by octet, and answered by a real server.

import NIOCore
import NIOEmbedded
import Testing

@testable import TLSEngine

struct RawHelloTests {
  /// Keeps what a raw hello came to.
  private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private(set) var answer: HelloAnswer?
    private(set) var error: TLSError?
    private(set) var events = 0

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      guard let event = event as? RawHelloEvent else { return }
      events += 1
      switch event {
      case .answered(let answer): self.answer = answer
      case .refused(let error): self.error = error
      }
    }
  }

  /// What a server says to a hello, which it gets in pieces.
  private func outcome(
    of hello: RawHello, forgery: HelloForgery? = nil, pieces: Int = 1_000
  ) throws -> (answer: HelloAnswer?, error: TLSError?) {
    let listener = Listener()
    let client = EmbeddedChannel()
    try client.pipeline.syncOperations.addHandlers(
      RawHelloHandler(hello, serverName: "relay.example"), listener)
    let context = try TLSServerContext(try Certificates.shared().serverSettings())
    let server = try End(TLSHandler(server: context))
    if let forgery {
      try server.channel.pipeline.syncOperations.addHandler(HelloForger(forgery), position: .first)
    }
    try client.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 25)).wait()
    try server.activate()
    while let buffer = try client.readOutbound(as: ByteBuffer.self) {
      var rest = Array(buffer.readableBytesView)[...]
      while !rest.isEmpty {
        try server.receive(Array(rest.prefix(pieces)))
        rest = rest.dropFirst(pieces)
      }
    }
    for buffer in try server.outgoing() {
      for octet in buffer.readableBytesView { try client.writeInbound(ByteBuffer(bytes: [octet])) }
    }
    #expect(listener.events == 1)
    server.finish()
    _ = try client.finish(acceptAlreadyClosed: true)
    return (listener.answer, listener.error)
  }

  @Test("An honest server takes TLS 1.2 without compression, and knows secure renegotiation")
  func honest() throws {
    for hello in [RawHello.compression, .renegotiationInfo] {
      let answer = try #require(try outcome(of: hello).answer)
      #expect(answer.version == 0x0303 && answer.compression == 0)
      #expect(answer.secureRenegotiation && !answer.extendedMasterSecret)
    }
  }

  @Test("An honest server refuses SSL 3.0 and weak ciphers with an alert")
  func refusals() throws {
    for hello in [RawHello.ssl3, .weakCiphers] {
      let error = try #require(try outcome(of: hello).error)
      #expect(error.alert?.sent == false)
    }
  }

  @Test("A forger answers the hellos that it is for, in whatever pieces they come")
  func forged() throws {
    for pieces in [1, 1_000] {
      let ssl = try outcome(of: .ssl3, forgery: .ssl3, pieces: pieces).answer
      #expect(ssl?.description.hasPrefix("SSL 3.0 cipher 0x") == true)
      let packed = try outcome(of: .compression, forgery: .compression, pieces: pieces).answer
      #expect(packed?.compression == 1)
      let silent = try outcome(
        of: .renegotiationInfo, forgery: .noRenegotiationInfo, pieces: pieces
      ).answer
      #expect(silent?.secureRenegotiation == false)
      let weak = try outcome(of: .weakCiphers, forgery: .rc4, pieces: pieces).answer
      #expect(weak?.description == "TLS 1.2 cipher 0xC007 without compression")
    }
  }

  @Test("A forger lets every other hello pass")
  func passed() throws {
    for forgery in [HelloForgery.ssl3, .noRenegotiationInfo, .rc4, .silenceToClearText] {
      #expect(try outcome(of: .compression, forgery: forgery, pieces: 1).answer != nil)
    }
    #expect(try outcome(of: .weakCiphers, forgery: .noRenegotiationInfo).error != nil)
  }

  @Test("What is written can be read; cut short it is incomplete, and changed it crashes nobody")
  func octets() {
    for hello in RawHello.allCases {
      let random = [UInt8](repeating: 7, count: 32)
      let octets = HelloOctets.client(hello, random: random, serverName: "relay.example")
      guard case .message(let words) = HelloOctets.hello(in: octets) else {
        Issue.record("\(hello.rawValue) cannot be read")
        continue
      }
      #expect(words.version == (hello == .ssl3 ? 0x0300 : 0x0303))
      #expect(words.compressions.contains(1) == (hello == .compression))
      for count in octets.indices {
        #expect(HelloOctets.hello(in: Array(octets.prefix(count))) == .incomplete)
        for value in [UInt8(0), 1, 0x7F, 0xFF] {
          var changed = octets
          changed[count] = value
          _ = HelloOctets.hello(in: changed)
          _ = HelloOctets.answer(in: changed)
        }
      }
    }
    let answer = HelloAnswer(version: 0x0303, cipher: 5, compression: 1, extensions: [0xFF01, 23])
    let octets = HelloOctets.server(answer, random: [UInt8](repeating: 7, count: 32))
    #expect(HelloOctets.answer(in: octets) == .message(answer))
    #expect(HelloOctets.answer(in: [21, 3, 1, 0, 2, 2, 40]) == .alert(40))
    #expect(HelloOctets.answer(in: Array("220 hello\r\n".utf8)) == .foreign)
  }
}
