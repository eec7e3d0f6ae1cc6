// SPDX-License-Identifier: Apache-2.0
//
// TLS over real sockets: what embedded channels cannot show.

import NIOCore
import NIOPosix
import TLSEngine
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LoopbackTests {
  /// Greets, answers one line, closes.
  private static let politeServer: Recorder.Act = { seen, context in
    switch seen.log.last {
    case "completed": context.send("220 relay.example\r\n")
    case "read":
      context.send("221 bye\r\n")
      context.close(promise: nil)
    default: break
    }
  }

  /// Says QUIT to the greeting and closes after the server has.
  private static let politeClient: Recorder.Act = { seen, context in
    if seen.log.last == "read", seen.clearText.count == 19 { context.send("QUIT\r\n") }
    if seen.log.last == "close_notify" { context.close(promise: nil) }
  }

  @Test(
    "A session over TCP ends with close_notify on both sides",
    arguments: [
      TLSVersion.tls1_2, .tls1_3,
    ])
  func session(_ version: TLSVersion) async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings { $0.maximum = version })
    let server = try TLSServerContext(certificates.serverSettings())
    for isSecond in [false, true] {
      try await Listener.run({ TLSHandler(server: server) }, act: Self.politeServer) { listener in
        let seen = try await connect(
          port: listener.port, { TLSHandler(client: client, peer: "relay") },
          act: Self.politeClient)
        #expect(seen.log == ["completed", "read", "close_notify", "inactive"])
        #expect(seen.clearText == Array("220 relay.example\r\n221 bye\r\n".utf8))
        #expect(seen.facts?.version == version)
        #expect(seen.facts?.resumed == isSecond)
        #expect(seen.facts?.isVerified == true)
        let heard = try await listener.seen.get()
        #expect(heard.clearText == Array("QUIT\r\n".utf8))
        #expect(heard.log == ["completed", "read", "inactive"])
        #expect(heard.facts?.channelBinding == seen.facts?.channelBinding)
      }
    }
  }

  @Test("A server that goes without close_notify is seen as truncation")
  func truncation() async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings())
    let server = try TLSServerContext(certificates.serverSettings())
    let act: Recorder.Act = { seen, context in
      guard seen.log.last == "completed" else { return }
      context.send("421 gone\r\n")
      let handler = try? context.pipeline.syncOperations.handler(type: TLSHandler.self)
      handler?.closeWithoutNotify()
    }
    try await Listener.run({ TLSHandler(server: server) }, act: act) { listener in
      let seen = try await connect(port: listener.port, { TLSHandler(client: client) }) { _, _ in }
      #expect(seen.log == ["completed", "read", "truncated", "inactive"])
      #expect(seen.clearText == Array("421 gone\r\n".utf8))
    }
  }

  @Test("A server that speaks first in clear text is quoted")
  func clearTextServer() async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings())
    // The ClientHello is what makes this server speak; it answers as a clear-text server would.
    let act: Recorder.Act = { seen, context in
      if seen.log.last == "read" { context.send("500 what?\r\n") }
    }
    try await Listener.run({ nil }, act: act) { listener in
      let seen = try await connect(port: listener.port, { TLSHandler(client: client) }) { _, _ in }
      #expect(seen.log == ["failed", "inactive"])
      #expect(seen.error?.code == .cleartext)
      #expect(seen.error?.detail == "\"500 what?\"")
    }
  }

  @Test("A refused server learns why")
  func refusal() async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(
      certificates.clientSettings { $0.verifyName = "mail.example" })
    let server = try TLSServerContext(certificates.serverSettings())
    try await Listener.run({ TLSHandler(server: server) }, act: Self.politeServer) { listener in
      let seen = try await connect(
        port: listener.port, { TLSHandler(client: client) }, act: Self.politeClient)
      #expect(seen.error?.code == .certificateRefused)
      let heard = try await listener.seen.get()
      #expect(heard.error?.alert?.number == 42)
      #expect(heard.clearText.isEmpty)
    }
  }

  @Test("STARTTLS: a handler added in the middle of a connection begins at once")
  func startTLS() async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings())
    let server = try TLSServerContext(certificates.serverSettings())
    let serverAct: Recorder.Act = { seen, context in
      switch (seen.log.last, seen.facts) {
      case ("read", nil):
        context.send("220 go ahead\r\n")
        try? context.pipeline.syncOperations.addHandler(
          TLSHandler(server: server), position: .first)
      case ("completed", _): break
      case ("read", _): context.send("250 \(String(decoding: seen.clearText, as: UTF8.self))")
      default: context.close(promise: nil)
      }
    }
    let clientAct: Recorder.Act = { seen, context in
      switch (seen.log.last, seen.facts) {
      case ("read", nil):
        try? context.pipeline.syncOperations.addHandler(
          TLSHandler(client: client), position: .first)
      case ("completed", _): context.send("EHLO client\r\n")
      default: context.close(promise: nil)
      }
    }
    try await Listener.run({ nil }, act: serverAct) { listener in
      let seen = try await connect(port: listener.port, { nil }) { seen, context in
        clientAct(seen, context)
      } opening: {
        $0.send("STARTTLS\r\n")
      }
      #expect(
        String(decoding: seen.clearText, as: UTF8.self)
          == "220 go ahead\r\n250 STARTTLS\r\nEHLO client\r\n")
      #expect(seen.log == ["read", "completed", "read", "inactive"])
      let heard = try await listener.seen.get()
      #expect(heard.log == ["read", "completed", "read", "close_notify", "inactive"])
    }
  }

  @Test("A close right behind 8 MiB loses none of them", arguments: [true, false])
  func closeBehindBulk(releases: Bool) async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(
      certificates.clientSettings { $0.releaseBuffers = releases })
    let server = try TLSServerContext(
      certificates.serverSettings { $0.releaseBuffers = releases })
    let bulk = [UInt8]((0..<(8 << 20)).lazy.map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 9)) })
    let act: Recorder.Act = { seen, context in
      guard seen.log.last == "completed" else { return }
      context.writeAndFlush(NIOAny(ByteBuffer(bytes: bulk)), promise: nil)
      context.close(promise: nil)
    }
    try await Listener.run({ TLSHandler(server: server) }, act: act) { listener in
      let seen = try await connect(port: listener.port, { TLSHandler(client: client) }) {
        seen, context in
        if seen.log.last == "close_notify" { context.close(promise: nil) }
      }
      #expect(seen.log == ["completed", "read", "close_notify", "inactive"])
      #expect(seen.clearText == bulk)
    }
  }

  @Test("Without autoRead an owner who reads once gets clear text, whatever TLS reads besides")
  func manualReads() async throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings())
    let server = try TLSServerContext(certificates.serverSettings())
    let clientAct: Recorder.Act = { seen, context in
      switch seen.log.last {
      case "completed": context.read()
      case "read" where seen.clearText.count == 19:
        context.send("QUIT\r\n")
        context.read()
      default: context.close(promise: nil)
      }
    }
    try await Listener.run({ TLSHandler(server: server) }, act: Self.politeServer) { listener in
      let seen = try await connect(
        port: listener.port, { TLSHandler(client: client) }, autoRead: false, act: clientAct)
      #expect(seen.clearText == Array("220 relay.example\r\n221 bye\r\n".utf8))
    }
  }
}
