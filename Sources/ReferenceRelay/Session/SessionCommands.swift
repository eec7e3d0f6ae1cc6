// SPDX-License-Identifier: Apache-2.0
//
// Commands that carry no mail: hello, RSET, NOOP, QUIT, VRFY, EXPN, HELP, ETRN, STARTTLS; and the gates
// before all commands (RFC 5321 section 4.1, RFC 3207, RFC 1985).

import SMTPWire
import TLSEngine

extension RelayStage {
  /// The stage of a command.
  init(_ command: Command?) {
    self =
      switch command {
      case .ehlo, .lhlo: .ehlo
      case .helo: .helo
      case .mail: .mail
      case .rcpt: .rcpt
      case .data: .data
      case .bdat: .bdat
      case .rset: .rset
      case .noop: .noop
      case .quit: .quit
      case .vrfy: .vrfy
      case .expn: .expn
      case .help: .help
      case .etrn: .etrn
      case .startTLS: .starttls
      case .auth: .auth
      case nil: .other
      }
  }
}

extension RelaySession {
  /// Handles one command line without its line end.
  func handle(_ octets: [UInt8], _ odd: LineObservations, _ output: inout RelayOutput) {
    var line = CommandLine(line: octets)
    for index in faults.indices {
      let command = RelayCommand(
        stage: RelayStage(line.command), verb: line.verb, line: line.octets)
      switch faults[index].intercept(command, context) {
      case .proceed: continue
      case .replace(let other): line = CommandLine(line: other)
      case .answer(let replies): return say(replies, at: command.stage, &output)
      case .answerAndClose(let replies, let manner):
        say(replies, at: command.stage, &output)
        return end(manner, &output)
      }
    }
    let stage = RelayStage(line.command)
    guard odd.isDisjoint(with: [.nul, .bareLF, .bareCR]) else {
      return fail(
        RelayReply(500, "5.5.2", "Syntax error, stray control octets"), at: stage, &output)
    }
    guard let command = line.command else {
      return fail(RelayReply(500, "5.5.2", "Command not recognized"), at: .other, &output)
    }
    if let gate = gate(before: command) { return fail(gate, at: stage, &output) }
    perform(command, line, &output)
  }

  /// The refusal that TLS or a login would lift; nil where the way is free.
  private func gate(before command: Command) -> RelayReply? {
    if policy.requiresTLS, !facts.isSecure {
      switch command {
      // RFC 3207 section 4 lets just these through.
      case .ehlo, .lhlo, .noop, .startTLS, .quit: break
      case .helo, .mail, .rcpt, .data, .bdat, .rset, .vrfy, .expn, .help, .etrn, .auth:
        return RelayReply(530, "5.7.0", "Must issue a STARTTLS command first")
      }
    }
    if policy.requiresAuthentication, facts.identity == nil {
      switch command {
      case .mail, .rcpt, .data, .bdat, .vrfy, .expn, .etrn:
        return RelayReply(530, "5.7.0", "Authentication required")
      case .ehlo, .helo, .lhlo, .rset, .noop, .quit, .help, .startTLS, .auth: break
      }
    }
    return nil
  }

  private func perform(_ command: Command, _ line: CommandLine, _ output: inout RelayOutput) {
    switch command {
    case .ehlo, .helo, .lhlo: hello(command, line, &output)
    case .mail: mail(line, &output)
    case .rcpt: rcpt(line, &output)
    case .data: data(line, &output)
    case .bdat: bdat(line, &output)
    case .rset: reset(line, &output)
    case .noop:
      say(RelayReply(250, "2.0.0", "Ok"), at: .noop, &output)
      countJunk(&output)
    case .quit: quit(line, &output)
    case .vrfy: verify(line, &output)
    case .expn: fail(RelayReply(502, "5.5.1", "EXPN is not implemented"), at: .expn, &output)
    case .help: help(&output)
    case .etrn: remoteQueue(line, &output)
    case .startTLS: startTLS(line, &output)
    case .auth: authenticate(line, &output)
    }
  }

  // MARK: Hello

  private func hello(_ command: Command, _ line: CommandLine, _ output: inout RelayOutput) {
    let stage = RelayStage(command)
    // RFC 2033 section 4.1: LHLO here and only here.
    guard (command == .lhlo) == role.isLMTP else {
      return fail(
        RelayReply(500, "5.5.1", "Use \(role.isLMTP ? "LHLO" : "EHLO")"), at: stage, &output)
    }
    guard let name = clientName(line.argument) else {
      return fail(RelayReply(501, nil, "Syntax: \(line.verb) hostname"), at: stage, &output)
    }
    forget(policy.helloForgets)
    facts.clientName = name
    facts.isPlainSMTP = command == .helo
    if command == .helo {
      say(RelayReply(250, nil, hostName), at: stage, &output)
    } else {
      say(helloReply(to: name), at: stage, &output)
    }
    countJunk(&output)
    checkInputBehindHello(&output)
  }

  /// The client's name, if it is a domain or an address literal (RFC 5321 section 4.1.1.1).
  private func clientName(_ argument: [UInt8]) -> String? {
    guard let domain = try? PathParser.domain(argument) else { return nil }
    return domain.description
  }

  private func helloReply(to name: String) -> RelayReply {
    var capabilities = environment.capabilities(
      isSecure: facts.isSecure, hasChannelBinding: facts.tls?.channelBinding != nil,
      hasIdentity: facts.tls?.isVerified == true)
    for index in faults.indices { faults[index].advertise(&capabilities, context) }
    return RelayReply(250, nil, "\(hostName) greets \(name)", more: capabilities)
  }

  /// RFC 2920 section 3.1: hello ends a group; input in one piece behind it was sent blindly.
  private func checkInputBehindHello(_ output: inout RelayOutput) {
    guard reader.unread > 0, !isOver else { return }
    switch policy.inputBehindHello {
    case .execute: return
    case .discard: reader.discard()
    case .refuse:
      reader.discard()
      say(RelayReply(554, "5.5.0", "Error: SMTP protocol synchronization"), at: .other, &output)
      end(.orderly, &output)
    }
  }

  // MARK: Small commands

  private func reset(_ line: CommandLine, _ output: inout RelayOutput) {
    guard !line.hasArgument else {
      return fail(RelayReply(501, "5.5.4", "Syntax: RSET"), at: .rset, &output)
    }
    forget(policy.resetForgets)
    say(RelayReply(250, "2.0.0", "Ok"), at: .rset, &output)
    countJunk(&output)
  }

  private func quit(_ line: CommandLine, _ output: inout RelayOutput) {
    guard !line.hasArgument else {
      return fail(RelayReply(501, "5.5.4", "Syntax: QUIT"), at: .quit, &output)
    }
    say(RelayReply(221, "2.0.0", "\(hostName) closing connection"), at: .quit, &output)
    if policy.closesAfterQuit, !isOver {
      phase = .ended
      if case .reply(let octets, _, let until) = waiting {
        waiting = .reply(octets: octets, step: .close(.orderly), until: until)
        phase = .command
      } else {
        output.step = .close(.orderly)
      }
    }
  }

  private func help(_ output: inout RelayOutput) {
    say(
      RelayReply(
        214, "2.0.0", "This is the reference relay of Relaymark",
        more: [
          "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY HELP STARTTLS AUTH",
          "See RFC 5321",
        ]), at: .help, &output)
    countJunk(&output)
  }

  private func verify(_ line: CommandLine, _ output: inout RelayOutput) {
    var argument = line.argument
    let flag = Array(" SMTPUTF8".utf8)
    if argument.count > flag.count, argument.suffix(flag.count).elementsEqual(flag) {
      argument.removeLast(flag.count)
    }
    guard !argument.isEmpty else {
      return fail(RelayReply(501, "5.5.4", "Syntax: VRFY address"), at: .vrfy, &output)
    }
    defer { countJunk(&output) }
    let mailbox = verified(argument)
    switch policy.verification {
    case .cannotVerify:
      say(
        RelayReply(252, "2.5.2", "Cannot verify the user, but will take a message"), at: .vrfy,
        &output)
    case .alwaysYes:
      let text = mailbox?.description ?? "\(WireText.escaped(argument))@\(hostName)"
      say(RelayReply(250, "2.1.5", "<\(text)>"), at: .vrfy, &output)
    case .truthful:
      if let mailbox, case .known = standing(of: mailbox) {
        say(RelayReply(250, "2.1.5", "<\(mailbox)>"), at: .vrfy, &output)
      } else {
        say(RelayReply(550, "5.1.1", "No such user"), at: .vrfy, &output)
      }
    }
  }

  /// The mailbox that VRFY names, by address or by local part.
  private func verified(_ argument: [UInt8]) -> Mailbox? {
    let bare =
      argument.first == 60 && argument.last == 62
      ? Array(argument[1..<(argument.count - 1)]) : argument
    if let mailbox = try? PathParser.mailbox(bare, allowsUTF8: true) { return mailbox }
    guard let domain = environment.configuration.directory.localDomains.sorted().first else {
      return nil
    }
    return try? PathParser.mailbox(bare + Array("@\(domain)".utf8), allowsUTF8: true)
  }

  private func remoteQueue(_ line: CommandLine, _ output: inout RelayOutput) {
    guard role == .relay, environment.configuration.extensions.contains(.remoteQueue) else {
      return fail(RelayReply(502, "5.5.1", "ETRN is not implemented here"), at: .etrn, &output)
    }
    guard facts.clientName != nil, transaction == nil else {
      return fail(RelayReply(503, "5.5.1", "Not now"), at: .etrn, &output)
    }
    var node = line.argument
    if node.first == 64 || node.first == 35 { node.removeFirst() }
    guard let domain = try? PathParser.domain(node) else {
      return fail(RelayReply(501, "5.5.4", "Syntax: ETRN domain"), at: .etrn, &output)
    }
    let directory = environment.configuration.directory
    let name = domain.description
    guard directory.localDomains.contains(name) || directory.sinkDomains.contains(name) else {
      return fail(RelayReply(459, "4.7.1", "No queue for \(name)"), at: .etrn, &output)
    }
    say(RelayReply(251, "2.0.0", "No messages waiting for \(name)"), at: .etrn, &output)
    countJunk(&output)
  }

  // MARK: STARTTLS

  private func startTLS(_ line: CommandLine, _ output: inout RelayOutput) {
    guard environment.configuration.tls != nil,
      environment.configuration.extensions.contains(.startTLS), !role.isImplicitTLS
    else {
      return fail(RelayReply(502, "5.5.1", "STARTTLS is not offered"), at: .starttls, &output)
    }
    guard !facts.isSecure else {
      return fail(RelayReply(503, "5.5.1", "TLS is already active"), at: .starttls, &output)
    }
    guard !line.hasArgument else {
      return fail(RelayReply(501, "5.5.4", "Syntax: STARTTLS"), at: .starttls, &output)
    }
    if reader.unread > 0 {
      switch policy.inputBehindStartTLS {
      case .refuse:
        reader.discard()
        say(RelayReply(554, "5.5.0", "Error: input behind STARTTLS"), at: .starttls, &output)
        return end(.orderly, &output)
      case .discard: reader.discard()
      case .execute: break
      }
    }
    phase = .handshake
    output.step = .startTLS
    say(RelayReply(220, "2.0.0", "Ready to start TLS"), at: .starttls, &output)
    if case .command = phase { output.step = .read }
    extendLimit(by: limits.handshake)
  }
}
