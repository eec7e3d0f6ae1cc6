// SPDX-License-Identifier: Apache-2.0
//
// Exchanges with damaged messages, and machines fed with noise: nothing traps and nobody gets in.

import SASLExchange
import Testing

@Suite struct MutationTests {
  @Test(
    "One flipped bit in any octet of an exchange is never accepted",
    arguments: SASLMechanism.allCases, [true, false])
  func flippedBit(mechanism: SASLMechanism, initialResponse: Bool) throws {
    let service = Fixture.service(
      [Fixture.account], digests: .openSSL.rememberingKeys())
    // EXTERNAL names somebody, so that there is something to damage.
    let credentials =
      mechanism == .external
      ? SASLCredentials(authorizationIdentity: "tester") : Fixture.credentials
    func talk(_ tamper: Conversation.Tamper) throws -> Conversation {
      let server = try Fixture.server(mechanism, service, externalIdentity: "tester")
      return try Conversation(
        try Fixture.client(mechanism, credentials), server, initialResponse: initialResponse,
        tamper: tamper)
    }
    var lengths: [(fromClient: Bool, count: Int)] = []
    let whole = try talk { _, fromClient, message in
      lengths.append((fromClient, message.count))
      return message
    }
    #expect(whole.isAccepted)

    let seed: UInt64 = 7
    var random = Seeded(seed)
    for (number, length) in lengths.enumerated() {
      // The prompts of LOGIN bind nobody.
      if mechanism == .login && !length.fromClient { continue }
      for index in 0..<length.count {
        let mask: UInt8 = 1 << UInt8.random(in: 0...7, using: &random)
        var original: [UInt8] = []
        var damaged: [UInt8] = []
        let conversation = try talk { current, _, message in
          guard current == number, index < message.count else { return message }
          original = message
          damaged = message
          damaged[index] ^= mask
          return damaged
        }
        // The scheme name Bearer is read in any case (RFC 7628, section 4).
        let isOtherCase = damaged != original && foldingBearer(damaged) == foldingBearer(original)
        #expect(
          !conversation.isAccepted || isOtherCase,
          "seed \(seed), octet \(index) of message \(number), mask \(mask)")
      }
    }
  }

  /// The message with the scheme name of its token in lower case.
  private func foldingBearer(_ message: [UInt8]) -> String {
    let text = String(decoding: message, as: UTF8.self)
    let parts = text.split(separator: "auth=", maxSplits: 1)
    guard parts.count == 2 else { return text }
    return parts[0] + "auth=" + parts[1].prefix(7).lowercased() + parts[1].dropFirst(7)
  }

  @Test("Noise is never accepted and never traps", arguments: SASLMechanism.allCases)
  func noise(mechanism: SASLMechanism) throws {
    let seed: UInt64 = 20_260_101
    var random = Seeded(seed)
    let service = Fixture.service(
      [Fixture.account], digests: .openSSL.rememberingKeys())
    for round in 0..<400 {
      var server = try Fixture.server(mechanism, service, externalIdentity: "someone else")
      var client = try Fixture.client(mechanism)
      if Bool.random(using: &random) { _ = client.initialResponse() }
      if Bool.random(using: &random) { _ = server.receive(nil) }
      for _ in 0..<4 {
        let message = noise(&random)
        if case .accepted = server.receive(message) {
          // Only an empty EXTERNAL message means what it says.
          #expect(mechanism == .external, "seed \(seed), round \(round)")
        }
        _ = client.respond(to: message)
        _ = client.respond(toEncoded: message)
        _ = SASLLine.read(initialResponse: message)
      }
    }
  }

  /// Up to 40 octets, mostly of those that mean something to some mechanism.
  private func noise(_ random: inout Seeded) -> [UInt8] {
    let words = [
      "n,,", "y,,", "p=tls-exporter,,", "a=tester", "n=tester", "r=", "s=", "i=1", "c=biws", "p=",
      "v=", "e=", "m=", ",", "=", "=2C", "\0", "\u{1}", "auth=Bearer ", "user=tester", "tester",
      "AAAA", " ", "é", "*", "00000000000000000000000000000000",
    ]
    var message: [UInt8] = []
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      if Int.random(in: 0..<6, using: &random) == 0 {
        message.append(UInt8.random(in: 0...255, using: &random))
      } else if let word = words.randomElement(using: &random) {
        message += octets(word)
      }
    }
    return message
  }
}
