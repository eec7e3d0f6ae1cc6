// SPDX-License-Identifier: Apache-2.0
//
// How TLS ends: with close_notify, without, in the middle of a record, and what lies behind it.

import NIOCore
import NIOEmbedded
import TLSEngine
import Testing

struct ClosingTests {
  private func open(
    _ version: TLSVersion = .tls1_3, _ body: (Pair) throws -> Void
  ) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = version }
    try Pair.run(client: client, server: certificates.serverSettings()) { pair in
      try #require(pair.client.witness.facts != nil)
      try body(pair)
    }
  }

  @Test(
    "A close sends close_notify first, then ends the connection",
    arguments: [
      TLSVersion.tls1_2, .tls1_3,
    ])
  func closes(_ version: TLSVersion) throws {
    try open(version) { pair in
      pair.server.write("221 bye\r\n")
      let closed = pair.server.channel.close()
      #expect(pair.server.witness.log == ["completed", "inactive"])
      try closed.wait()
      try pair.carry()
      #expect(pair.client.witness.log == ["completed", "read", "close_notify"])
      pair.client.channel.pipeline.fireChannelInactive()
      #expect(pair.client.witness.log == ["completed", "read", "close_notify", "inactive"])
    }
  }

  @Test("An end without close_notify is a truncation", arguments: [TLSVersion.tls1_2, .tls1_3])
  func truncation(_ version: TLSVersion) throws {
    try open(version) { pair in
      pair.server.write("221 bye\r\n")
      pair.server.handler.closeWithoutNotify()
      try pair.carry()
      #expect(pair.server.witness.log == ["completed", "inactive"])
      pair.client.channel.pipeline.fireChannelInactive()
      #expect(pair.client.witness.log == ["completed", "read", "truncated", "inactive"])
    }
  }

  @Test("An end inside a record is a truncation, and the part of a record is no clear text")
  func truncatedRecord() throws {
    try open { pair in
      pair.server.write("250 accepted\r\n")
      var record = try #require(try pair.server.outgoing().first)
      record.moveWriterIndex(to: record.writerIndex - 1)
      try pair.client.channel.writeInbound(record)
      pair.client.channel.pipeline.fireChannelInactive()
      #expect(pair.client.witness.clearText.isEmpty)
      #expect(pair.client.witness.log == ["completed", "truncated", "inactive"])
    }
  }

  @Test("Half-closure tells of the truncation once")
  func halfClosure() throws {
    try open { pair in
      pair.client.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
      #expect(pair.client.witness.log == ["completed", "truncated"])
      pair.client.channel.pipeline.fireChannelInactive()
      #expect(pair.client.witness.log == ["completed", "truncated", "inactive"])
    }
  }

  @Test("close_notify can be sent alone: the peer may still speak, we may not")
  func closeNotifyAlone() throws {
    try open { pair in
      #expect(pair.client.handler.sendCloseNotify())
      #expect(pair.client.channel.isActive)
      let refused = pair.client.channel.writeAndFlush(ByteBuffer(string: "more"))
      #expect(throws: TLSError.self) { try refused.wait() }
      try pair.carry()
      #expect(pair.server.witness.log == ["completed", "close_notify"])
      pair.server.write("still here")
      try pair.carry()
      #expect(pair.client.witness.clearText == Array("still here".utf8))
      #expect(pair.client.handler.sendCloseNotify())
      #expect(try pair.client.outgoing().isEmpty)
    }
  }

  @Test("Octets behind close_notify are told and are never clear text")
  func octetsBehind() throws {
    try open { pair in
      pair.server.write("last")
      pair.server.handler.sendCloseNotify()
      var octets = ByteBuffer()
      for var buffer in try pair.server.outgoing() { octets.writeBuffer(&buffer) }
      octets.writeString("250 clear")
      try pair.client.channel.writeInbound(octets)
      try pair.client.receive(Array(" text\r\n".utf8))
      #expect(pair.client.witness.clearText == Array("last".utf8))
      #expect(pair.client.witness.octetsBehind == Array("250 clear text\r\n".utf8))
      #expect(pair.client.witness.log == ["completed", "read", "close_notify", "behind"])
      #expect(pair.client.channel.isActive)
    }
  }

  @Test("After close_notify the handler can be removed and clear text goes on")
  func backToClearText() throws {
    try open { pair in
      pair.client.handler.sendCloseNotify()
      try pair.carry()
      for end in [pair.client, pair.server] {
        try end.channel.pipeline.syncOperations.removeHandler(end.handler).wait()
      }
      pair.client.write("clear")
      #expect(try pair.client.outgoing() == [ByteBuffer(string: "clear")])
      #expect(pair.client.handler.exporter(label: "x", context: nil, length: 32) == nil)
    }
  }

  @Test("An owner may close or remove the handler from inside an event", arguments: [true, false])
  func closeInsideEvent(removes: Bool) throws {
    let certificates = try Certificates.shared()
    let pair = try Pair(
      client: certificates.clientSettings(), server: certificates.serverSettings())
    defer { pair.finish() }
    let handler = pair.client.handler
    pair.client.witness.onEvent = { event, context in
      guard case .handshakeCompleted = event else { return }
      if removes {
        context.pipeline.syncOperations.removeHandler(handler, promise: nil)
      } else {
        context.close(promise: nil)
      }
    }
    try pair.carry()
    #expect(pair.client.witness.facts != nil)
    #expect(pair.client.witness.clearText.isEmpty)
    #expect(pair.client.channel.isActive == removes)
  }

  @Test("A record that was changed on the way breaks TLS, and the peer is told")
  func changedRecord() throws {
    try open { pair in
      pair.server.write("250 accepted\r\n")
      var record = try #require(try pair.server.outgoing().first)
      let last = record.writerIndex - 1
      let octet = try #require(record.getInteger(at: last, as: UInt8.self))
      record.setInteger(octet ^ 1, at: last)
      try pair.client.channel.writeInbound(record)
      #expect(pair.client.witness.log == ["completed", "failed", "inactive"])
      #expect(pair.client.witness.error?.code == .broken)
      #expect(pair.client.witness.error?.alert?.number == 20)
      try pair.carry()
      #expect(pair.server.witness.error?.alert?.number == 20)
      #expect(pair.server.witness.error?.alert?.sent == false)
    }
  }

  @Test("Clear text in the middle of TLS breaks it")
  func clearTextInTheMiddle() throws {
    try open { pair in
      try pair.client.receive(Array("421 shutting down\r\n".utf8))
      #expect(pair.client.witness.log == ["completed", "failed", "inactive"])
      #expect(pair.client.witness.clearText.isEmpty)
    }
  }

  @Test("A close inside the handshake fails what was written and tells no failure")
  func closeInHandshake() throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(client: TLSClientContext(certificates.clientSettings())))
    defer { end.finish() }
    try end.activate()
    let written = end.channel.writeAndFlush(ByteBuffer(string: "EHLO x\r\n"))
    end.channel.close(promise: nil)
    let error = #expect(throws: TLSError.self) { try written.wait() }
    #expect(error?.code == .closed)
    #expect(end.witness.log == ["inactive"])
  }

  @Test("Closing a handler that was never active or is gone does no harm")
  func closeUnborn() throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings())
    let handler = TLSHandler(client: client)
    #expect(!handler.sendCloseNotify())
    handler.closeWithoutNotify()
    let end = try End(TLSHandler(client: client))
    #expect(!end.handler.sendCloseNotify())
    try end.channel.close().wait()
    end.handler.closeWithoutNotify()
    #expect(end.witness.log == ["inactive"])
  }
}
