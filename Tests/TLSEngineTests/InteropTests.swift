// SPDX-License-Identifier: Apache-2.0
//
// The same TLS against the openssl program, so that no two faults of ours can cover each other.

import Glibc
import NIOCore
import TLSEngine
import Testing

@Suite(.timeLimit(.minutes(1)))
struct InteropTests {
  /// Writes the shared certificates into a folder for the body's time.
  private func withFiles<Result>(
    _ body: (_ folder: String) async throws -> Result
  ) async throws -> Result {
    let certificates = try Certificates.shared()
    var template = Array("/tmp/relaymark-tls-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let folder = String(cString: made)
    let files = [
      ("ca.pem", certificates.authorityPEM), ("server.pem", certificates.server.chainPEM),
      ("server.key", certificates.server.keyPEM), ("client.pem", certificates.client.chainPEM),
      ("client.key", certificates.client.keyPEM),
    ]
    defer {
      for (name, _) in files { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    for (name, octets) in files {
      let file = try #require(fopen("\(folder)/\(name)", "wbe"))
      #expect(fwrite(octets, 1, octets.count, file) == octets.count)
      fclose(file)
    }
    return try await body(folder)
  }

  /// Starts `openssl s_server` on a port of the system's choice; it sends lines back reversed.
  private func withServer<Result>(
    _ folder: String, _ options: [String], _ body: (Int) async throws -> Result
  ) async throws -> Result {
    let arguments =
      [
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "\(folder)/server.pem",
        "-key", "\(folder)/server.key", "-cert_chain", "\(folder)/ca.pem", "-rev",
      ] + options
    return try await Subprocess.run(arguments) { process in
      let mark = "ACCEPT 127.0.0.1:"
      let said = try await process.output(through: mark)
      let rest = said.split(separator: mark, omittingEmptySubsequences: false).last ?? ""
      let port = try #require(Int(rest.prefix { $0.isNumber }), "\(said)")
      return try await body(port)
    }
  }

  private static let client: Recorder.Act = { seen, context in
    switch seen.log.last {
    case "completed": context.send("abc\n")
    case "read": context.close(promise: nil)
    default: break
    }
  }

  @Test(
    "Our client speaks with s_server and resumes its sessions",
    arguments: [
      TLSVersion.tls1_2, .tls1_3,
    ])
  func client(_ version: TLSVersion) async throws {
    try await withFiles { folder in
      try await withServer(folder, []) { port in
        let settings = TLSClientSettings(
          maximum: version, serverName: "relay.example", trust: .authorities("\(folder)/ca.pem"),
          verifyName: "relay.example")
        let context = try TLSClientContext(settings)
        for isSecond in [false, true] {
          let seen = try await connect(
            port: port, { TLSHandler(client: context, peer: "s_server") }, act: Self.client)
          #expect(seen.clearText == Array("cba\n".utf8))
          #expect(seen.facts?.version == version)
          #expect(seen.facts?.resumed == isSecond)
          #expect(seen.facts?.isVerified == true)
        }
      }
    }
  }

  @Test("Our client shows s_server its certificate, and is told where it does not")
  func clientCertificate() async throws {
    try await withFiles { folder in
      let options = ["-Verify", "1", "-CAfile", "\(folder)/ca.pem", "-verify_return_error"]
      try await withServer(folder, options) { port in
        var settings = TLSClientSettings(trust: .authorities("\(folder)/ca.pem"))
        let bare = try TLSClientContext(settings)
        let refused = try await connect(
          port: port, { TLSHandler(client: bare) }, act: Self.client)
        #expect(refused.error?.alert?.number == 116)
        settings.identity = try TLSIdentity(
          chainFile: "\(folder)/client.pem", keyFile: "\(folder)/client.key")
        let known = try TLSClientContext(settings)
        let seen = try await connect(port: port, { TLSHandler(client: known) }, act: Self.client)
        #expect(seen.clearText == Array("cba\n".utf8))
      }
    }
  }

  @Test(
    "s_client verifies our server and reads to its close_notify",
    arguments: [
      "-tls1_2", "-tls1_3",
    ])
  func server(_ option: String) async throws {
    let certificates = try Certificates.shared()
    let context = try TLSServerContext(certificates.serverSettings())
    let act: Recorder.Act = { seen, context in
      guard seen.log.last == "completed" else { return }
      context.send("220 relay.example\n")
      context.close(promise: nil)
    }
    try await withFiles { folder in
      try await Listener.run({ TLSHandler(server: context) }, act: act) { listener in
        let arguments = [
          "openssl", "s_client", "-connect", "127.0.0.1:\(listener.port)", "-ign_eof", option,
          "-CAfile", "\(folder)/ca.pem", "-verify_return_error", "-verify_hostname",
          "relay.example", "-servername", "relay.example",
        ]
        let output = try await Subprocess.run(arguments) { try await $0.wholeOutput() }
        #expect(output.contains("Verification: OK"))
        #expect(output.contains("220 relay.example\n"))
        #expect(output.contains("closed"))
        #expect(!output.contains("unexpected eof"))
        let seen = try await listener.seen.get()
        #expect(seen.facts?.serverName == "relay.example")
      }
    }
  }

  @Test("s_client and our server export the same keying material")
  func exporter() async throws {
    let certificates = try Certificates.shared()
    let context = try TLSServerContext(certificates.serverSettings())
    let act: Recorder.Act = { seen, context in
      if seen.log.last == "completed" { context.close(promise: nil) }
    }
    try await Listener.run({ TLSHandler(server: context) }, act: act) { listener in
      let arguments = [
        "openssl", "s_client", "-connect", "127.0.0.1:\(listener.port)", "-ign_eof",
        "-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32",
      ]
      let output = try await Subprocess.run(arguments) { try await $0.wholeOutput() }
      let seen = try await listener.seen.get()
      let binding = try #require(seen.facts?.channelBinding)
      #expect(output.lowercased().contains("keying material: \(hex(binding))"))
    }
  }
}
