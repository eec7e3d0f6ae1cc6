// SPDX-License-Identifier: Apache-2.0
//
// AUTH: the SMTP side of a SASL exchange (RFC 4954).

import SASLExchange
import SMTPWire
import TLSEngine

extension RelaySession {
  func authenticate(_ line: CommandLine, _ output: inout RelayOutput) {
    let usable = environment.mechanisms(
      isSecure: facts.isSecure, hasChannelBinding: facts.tls?.channelBinding != nil,
      hasIdentity: facts.tls?.isVerified == true)
    guard policy.offersAuthentication else {
      return fail(RelayReply(503, "5.5.1", "AUTH is not offered"), at: .auth, &output)
    }
    guard facts.identity == nil || policy.repeatedAuthentication else {
      return fail(RelayReply(503, "5.5.1", "Already authenticated"), at: .auth, &output)
    }
    guard transaction == nil || policy.authenticationInTransaction else {
      return fail(RelayReply(503, "5.5.1", "AUTH in a transaction"), at: .auth, &output)
    }
    guard facts.clientName != nil else {
      return fail(RelayReply(503, "5.5.1", "Send EHLO first"), at: .auth, &output)
    }
    let words = line.argument.split(separator: 32)
    guard let name = words.first, words.count <= 2 else {
      return fail(RelayReply(501, "5.5.4", "Syntax: AUTH mechanism [response]"), at: .auth, &output)
    }
    guard let mechanism = SASLMechanism(name: WireText.escaped(name).uppercased()) else {
      return fail(RelayReply(504, "5.5.4", "Unknown mechanism"), at: .auth, &output)
    }
    guard usable.contains(mechanism) else {
      let isKnown = environment.configuration.authentication.mechanisms.contains(mechanism)
      let reply =
        isKnown && !facts.isSecure
        ? RelayReply(538, "5.7.11", "Encryption required for this mechanism")
        : RelayReply(504, "5.5.4", "Mechanism not offered")
      return fail(reply, at: .auth, &output)
    }
    begin(mechanism, words.count > 1 ? Array(words[1]) : nil, &output)
  }

  private func begin(
    _ mechanism: SASLMechanism, _ text: [UInt8]?, _ output: inout RelayOutput
  ) {
    let server: SASLServer
    do throws(SASLError) {
      server = try SASLServer(
        mechanism: mechanism, service: environment.accounts,
        binding: facts.tls?.channelBinding.map { ChannelBinding(kind: .tlsExporter, data: $0) },
        externalIdentity: facts.tls?.isVerified == true ? facts.tls?.chain.first?.subject : nil)
    } catch {
      return fail(RelayReply(454, "4.7.0", "Temporary authentication failure"), at: .auth, &output)
    }
    let exchange = LoginExchange(server)
    guard let text else { return advance(exchange, nil, &output) }
    take(SASLLine.read(initialResponse: text), exchange, &output)
  }

  /// - Returns: whether there was a line.
  func readResponse(_ exchange: LoginExchange, _ output: inout RelayOutput) -> Bool {
    guard let line = reader.nextLine() else { return false }
    extendLimit(by: limits.command)
    switch line {
    case .tooLong: take(.tooLong, exchange, &output)
    case .line(let octets, _): take(SASLLine.read(response: octets), exchange, &output)
    }
    return true
  }

  private func take(
    _ reading: SASLLine.Reading, _ exchange: LoginExchange, _ output: inout RelayOutput
  ) {
    phase = .command
    switch reading {
    case .message(let response): advance(exchange, response, &output)
    case .cancelled:
      fail(RelayReply(501, "5.7.0", "Authentication cancelled"), at: .auth, &output)
    case .tooLong:
      fail(RelayReply(500, "5.5.6", "Authentication exchange line is too long"), at: .auth, &output)
    case .malformed:
      fail(RelayReply(501, "5.5.2", "Invalid base64 data"), at: .auth, &output)
    }
  }

  private func advance(
    _ exchange: LoginExchange, _ response: [UInt8]?, _ output: inout RelayOutput
  ) {
    var step = exchange.server.receive(response)
    for index in faults.indices {
      faults[index].judge(&step, exchange.server.mechanism, context)
    }
    switch step {
    case .challenge(let challenge):
      phase = .response(exchange)
      let text = String(decoding: Base64.encode(challenge), as: UTF8.self)
      say(RelayReply(334, nil, text), at: .auth, &output)
    case .accepted(let identity):
      tally.logins.add()
      facts.identity = identity
      say(RelayReply(235, "2.7.0", "Authentication successful"), at: .auth, &output)
    case .refused:
      tally.loginsFailed.add()
      effort.failedLogins += 1
      fail(RelayReply(535, "5.7.8", "Authentication credentials invalid"), at: .auth, &output)
      if effort.failedLogins >= limits.failedLogins, !isOver {
        say(
          RelayReply(421, "4.7.0", "\(hostName) Error: too many failed logins"), at: .other, &output
        )
        end(.orderly, &output)
      }
    case .malformed(let error):
      switch error.code {
      case .tooLong: fail(RelayReply(500, "5.5.6", "Response too long"), at: .auth, &output)
      case .unexpectedInitialResponse:
        fail(RelayReply(501, "5.7.0", "No initial response belongs here"), at: .auth, &output)
      default: fail(RelayReply(501, "5.5.2", "Malformed response"), at: .auth, &output)
      }
    }
  }
}
