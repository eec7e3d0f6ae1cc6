// SPDX-License-Identifier: Apache-2.0
//
// STARTTLS (RFC 3207) and AUTH (RFC 4954): what is offered when, and the exchanges.

import SASLExchange
import SMTPWire
import TLSEngine

extension RelaySession {
  // MARK: STARTTLS

  func startTLS(_ line: CommandLine) {
    withoutArgument(line) {
      guard !facts.isSecure else {
        refuse(Replies.badSequence, at: .starttls)
        return
      }
      guard service.has(.startTLS) else {
        refuse(Replies.notImplemented, at: .starttls)
        return
      }
      if reader.unread > 0 {
        // Clear text that would be read as if it had come inside TLS (RFC 3207 section 6).
        switch policy.inputBehindStartTLS {
        case .refuse:
          answer(Replies.outOfSync, at: .starttls, then: .close(.orderly))
          return
        case .discard: reader.discard()
        case .execute: break
        }
      }
      if policy.pauseBeforeTLS > .zero { delay = policy.pauseBeforeTLS }
      answer(Replies.startTLS, at: .starttls, then: .startTLS)
    }
  }

  // MARK: AUTH

  /// The mechanisms on offer now, in the order of the configuration.
  func offeredMechanisms() -> [SASLMechanism] {
    service.configuration.authentication.mechanisms.filter { mechanism in
      if mechanism.bindsChannel { return facts.tls?.channelBinding != nil }
      if mechanism == .external { return externalIdentity != nil }
      guard !facts.isSecure else { return true }
      switch policy.clearTextAuthentication {
      case .none: return false
      case .withoutSecrets: return !mechanism.revealsSecret
      case .all: return true
      }
    }
  }

  /// Whom a client certificate that verifies speaks for: its first name (RFC 8314 section 4.2).
  private var externalIdentity: String? {
    guard let tls = facts.tls, tls.isVerified, let certificate = tls.chain.first else { return nil }
    return certificate.names.first ?? certificate.subject
  }

  func authenticate(_ line: CommandLine) {
    let words = line.argument.split(separator: 32)
    if let refusal = objectionToLogin(words) {
      refuse(refusal, at: .auth)
      return
    }
    let name = String(decoding: words[0], as: UTF8.self)
    guard let mechanism = SASLMechanism(name: name),
      service.configuration.authentication.mechanisms.contains(mechanism)
    else {
      refuse(Replies.unknownMechanism, at: .auth)
      return
    }
    guard offeredMechanisms().contains(mechanism) else {
      refuse(facts.isSecure ? Replies.unknownMechanism : Replies.loginNeedsTLS, at: .auth)
      return
    }
    begin(mechanism, words.count > 1 ? Array(words[1]) : nil)
  }

  private func objectionToLogin(_ words: [ArraySlice<UInt8>]) -> RelayReply? {
    guard service.has(.authentication) else { return Replies.noLogin }
    if facts.identity != nil, !policy.repeatedAuthentication { return Replies.badSequence }
    if transaction != nil, !policy.authenticationInTransaction { return Replies.badSequence }
    // RFC 3207 section 4: where TLS is demanded, that is the first thing to say.
    if policy.requiresTLS, !facts.isSecure, policy.clearTextAuthentication == .none {
      return Replies.needsTLS
    }
    if facts.clientName == nil, policy.requiresHello { return Replies.helloFirst }
    guard !words.isEmpty else { return Replies.argumentNeeded }
    return words.count <= 2 ? nil : Replies.noArgument
  }

  private func begin(_ mechanism: SASLMechanism, _ initialResponse: [UInt8]?) {
    do throws(SASLError) {
      let server = try SASLServer(
        mechanism: mechanism, service: service.accounts,
        binding: facts.tls?.channelBinding.map { ChannelBinding(data: $0) },
        externalIdentity: externalIdentity)
      let exchange = LoginExchange(server)
      guard let initialResponse else {
        proceed(exchange, exchange.server.receive(nil))
        return
      }
      proceed(exchange, SASLLine.read(initialResponse: initialResponse))
    } catch {
      refuse(Replies.unknownMechanism, at: .auth)
    }
  }

  /// Takes a line of the client inside an exchange.
  func respond(_ line: ReceivedLine, _ exchange: LoginExchange) {
    begin(.command)
    switch line {
    case .tooLong: refuse(Replies.loginLineTooLong, at: .auth)
    case .line(let octets, _): proceed(exchange, SASLLine.read(response: octets))
    }
  }

  private func proceed(_ exchange: LoginExchange, _ reading: SASLLine.Reading) {
    switch reading {
    case .message(var message):
      if !faults.isEmpty {
        let context = context
        for index in faults.indices {
          faults[index].hear(&message, exchange.server.mechanism, context)
        }
      }
      proceed(exchange, exchange.server.receive(message))
    case .cancelled: refuse(Replies.loginCancelled, at: .auth)
    case .tooLong: refuse(Replies.loginLineTooLong, at: .auth)
    case .malformed: refuse(Replies.badBase64, at: .auth)
    }
  }

  private func proceed(_ exchange: LoginExchange, _ step: SASLServerStep) {
    var step = step
    if !faults.isEmpty {
      let context = context
      for index in faults.indices {
        faults[index].judge(&step, exchange.server.mechanism, context)
      }
    }
    switch step {
    case .challenge(let challenge):
      let text = String(decoding: Base64.encode(challenge), as: UTF8.self)
      answer(RelayReply(334, nil, text), at: .auth)
      if !isEnded { begin(.response(exchange)) }
    case .accepted(let identity):
      facts.identity = identity
      tally.logins.add()
      answer(Replies.loggedIn, at: .auth)
    case .refused:
      tally.loginsFailed.add()
      effort.failedLogins += 1
      guard effort.failedLogins < limits.failedLogins else {
        answer(Replies.tooManyLogins, at: .auth, then: .close(.orderly))
        return
      }
      refuse(Replies.wrongCredentials, at: .auth)
    case .malformed(let error): refuse(Self.reply(to: error), at: .auth)
    }
  }

  private static func reply(to error: SASLError) -> RelayReply {
    switch error.code {
    case .unexpectedInitialResponse: Replies.unexpectedResponse
    case .tooLong: Replies.loginLineTooLong
    default: Replies.badBase64
    }
  }
}
