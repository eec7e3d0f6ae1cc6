// SPDX-License-Identifier: Apache-2.0
//
// Commands outside of mail: greeting, hello, and what may come at any time; and the dispatch of all
// commands, with the guards that come before each.

import SASLExchange
import SMTPWire

extension RelaySession {
  /// Greets the client (RFC 5321 section 4.3.1).
  func sayHello() {
    let greeting = RelayReply(
      220, nil, "\(service.configuration.hostName) \(service.role.isLMTP ? "LMTP" : "ESMTP")")
    switch ruledAct(at: .connect) {
    case .refuse(let reply):
      facts.isTurnedAway = reply.code != 421
      refuseByRule(reply, at: .connect)
    case .close(let manner): end(manner)
    case .silence: break
    case .delay, nil: answer(greeting, at: .connect)
    }
  }

  /// Executes a line that the client sent as a command.
  func execute(_ line: ReceivedLine) {
    switch line {
    case .tooLong: refuse(Replies.lineTooLong, at: .other)
    case .line(let octets, let observations):
      let command = CommandLine(line: octets)
      guard faults.isEmpty else {
        interceptedExecute(command, observations)
        return
      }
      execute(command, observations)
    }
  }

  private func interceptedExecute(_ line: CommandLine, _ observations: LineObservations) {
    let context = context
    for index in faults.indices {
      let command = RelayCommand(stage: line.stage, verb: line.verb, line: line.octets)
      switch faults[index].intercept(command, context) {
      case .proceed: continue
      case .replace(let other): execute(CommandLine(line: other), [])
      case .answer(let replies): answer(replies, at: line.stage)
      case .answerAndClose(let replies, let manner):
        answer(replies, at: line.stage, then: .close(manner))
      }
      return
    }
    execute(line, observations)
  }

  private func execute(_ line: CommandLine, _ observations: LineObservations) {
    let stage = line.stage
    guard observations.isDisjoint(with: [.nul, .bareCR, .bareLF]) || !policy.lineEnds.isEmpty else {
      refuse(Replies.strayOctets, at: stage)
      return
    }
    guard line.octets.count + 2 <= limits.commandLine || line.command == .auth else {
      refuse(Replies.lineTooLong, at: stage)
      return
    }
    guard !facts.isTurnedAway || line.command == .quit else {
      answer(Replies.turnedAway, at: stage)
      return
    }
    // BDAT has to swallow its octets first, whatever is to be said.
    if line.command != .bdat {
      switch ruledAct(at: stage) {
      case .refuse(let reply):
        refuseByRule(reply, at: stage)
        return
      case .close(let manner):
        end(manner)
        return
      case .silence: return
      case .delay, nil: break
      }
    }
    guard let command = line.command else {
      unknown(line)
      return
    }
    dispatch(command, line)
  }

  private func dispatch(_ command: Command, _ line: CommandLine) {
    switch command {
    case .ehlo, .helo, .lhlo: hello(command, line)
    case .mail: mail(line)
    case .rcpt: recipient(line)
    case .data: data(line)
    case .bdat: chunk(line)
    case .rset:
      withoutArgument(line) {
        forget(policy.resetForgets); junk(Replies.reset, at: .rset)
      }
    case .noop: junk(Replies.done, at: .noop)
    case .quit:
      withoutArgument(line) {
        answer(
          Replies.goodbye, at: .quit, then: policy.closesAfterQuit ? .close(.orderly) : .read)
      }
    case .vrfy: verify(line)
    case .expn: refuse(Replies.notImplemented, at: .expn)
    case .help: junk(service.has(.help) ? Replies.help : Replies.notImplemented, at: .help)
    case .etrn: runQueue(line)
    case .startTLS: startTLS(line)
    case .auth: authenticate(line)
    }
  }

  /// The refusal of a rule; 421 ends the connection (RFC 5321 section 3.8).
  func refuseByRule(_ reply: RelayReply, at stage: RelayStage) {
    answer(reply, at: stage, then: reply.code == 421 ? .close(.orderly) : .read)
  }

  /// Refuses a command for a fault of the client's, and ends the connection after too many.
  func refuse(_ reply: RelayReply, at stage: RelayStage) {
    effort.errors += 1
    guard effort.errors <= limits.errors else {
      answer(Replies.tooManyErrors, at: stage, then: .close(.orderly))
      return
    }
    answer(reply, at: stage)
  }

  /// Answers a command that gets no mail done; past a number of them each counts as an error.
  func junk(_ reply: RelayReply, at stage: RelayStage) {
    effort.junk += 1
    if effort.junk > limits.junkCommands { effort.errors += 1 }
    guard effort.errors <= limits.errors else {
      answer(Replies.tooManyErrors, at: stage, then: .close(.orderly))
      return
    }
    answer(reply, at: stage)
  }

  /// RSET, DATA, QUIT and STARTTLS take no argument (RFC 5321 section 4.1.1, RFC 3207 section 4).
  func withoutArgument(_ line: CommandLine, _ body: () -> Void) {
    if line.hasArgument { refuse(Replies.noArgument, at: line.stage) } else { body() }
  }

  private func unknown(_ line: CommandLine) {
    switch line.verb {
    case "SEND", "SOML", "SAML", "TURN", "ATRN", "BURL":
      refuse(Replies.notImplemented, at: .other)
    case "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "CONNECT", "PATCH", "TRACE":
      // A browser that was tricked into talking to us would go on with lines of its choice.
      answer(Replies.noSMTP, at: .other, then: .close(.orderly))
    default: refuse(Replies.unknownCommand, at: .other)
    }
  }

  // MARK: Hello

  private func hello(_ command: Command, _ line: CommandLine) {
    // RFC 2033 section 4.1: LMTP has LHLO and nothing else; RFC 5321 knows no LHLO.
    guard service.role.isLMTP == (command == .lhlo) else {
      refuse(Replies.unknownCommand.withoutEnhanced, at: line.stage)
      return
    }
    let name = line.argument
    guard isHelloName(name) else {
      refuse(Replies.badHello, at: line.stage)
      return
    }
    forget(policy.helloForgets)
    facts.clientName = String(decoding: name, as: UTF8.self)
    facts.isPlainSMTP = command == .helo
    // Behind a hello the client has to wait (RFC 2920 section 3.1).
    let isOutOfSync = reader.unread > 0 && policy.inputBehindHello != .execute
    junk(
      command == .helo ? RelayReply(250, nil, service.configuration.hostName) : capabilityReply(),
      at: line.stage)
    guard isOutOfSync, !isEnded, wait == nil else { return }
    if policy.inputBehindHello == .discard {
      reader.discard()
    } else {
      answer(Replies.outOfSync, at: .other, then: .close(.orderly))
    }
  }

  /// A domain or an address literal; an underscore is passed over, as everywhere.
  private func isHelloName(_ name: [UInt8]) -> Bool {
    guard name.count <= 255 else { return false }
    let tolerant = name.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "x") : $0 }
    do throws(SyntaxFault) {
      _ = try PathParser.domain(tolerant)
      return true
    } catch {
      return false
    }
  }

  private func capabilityReply() -> RelayReply {
    var capabilities = capabilities()
    if !faults.isEmpty {
      let context = context
      for index in faults.indices { faults[index].advertise(&capabilities, context) }
    }
    return RelayReply(
      250, nil, "\(service.configuration.hostName) at your service", more: capabilities)
  }

  /// What is offered now, a line each (RFC 5321 section 4.1.1.1).
  private func capabilities() -> [String] {
    RelayExtension.allCases.compactMap { capability in
      guard service.has(capability) else { return nil }
      switch capability {
      case .size: return "SIZE \(limits.messageSize)"
      case .startTLS: return facts.isSecure && !policy.listsStartTLSInsideTLS ? nil : "STARTTLS"
      case .authentication:
        let names = offeredMechanisms().map(\.rawValue)
        return names.isEmpty ? nil : "AUTH " + names.joined(separator: " ")
      case .limits: return limitsLine()
      case .pipelining, .verify, .remoteQueue, .enhancedStatusCodes, .eightBitMIME,
        .deliveryNotifications, .internationalized, .chunking, .binaryMIME, .help:
        return capability.rawValue
      }
    }
  }

  /// RFC 9422 section 4: one to six digits.
  private func limitsLine() -> String {
    var line = "LIMITS"
    if let most = limits.transactions { line += " MAILMAX=\(min(max(most, 1), 999_999))" }
    return line + " RCPTMAX=\(min(max(limits.recipients, 1), 999_999))"
  }

  // MARK: At any time

  private func verify(_ line: CommandLine) {
    var words = line.argument.split(separator: 32)
    if words.count > 1, String(decoding: words[words.count - 1], as: UTF8.self) == "SMTPUTF8" {
      words.removeLast()
    }
    guard let name = words.first, words.count == 1 else {
      refuse(words.isEmpty ? Replies.argumentNeeded : Replies.noArgument, at: .vrfy)
      return
    }
    switch policy.verification {
    case .cannotVerify: junk(Replies.cannotVerify, at: .vrfy)
    case .alwaysYes:
      junk(RelayReply(250, "2.1.5", "<\(String(decoding: name, as: UTF8.self))>"), at: .vrfy)
    case .truthful: junk(truthfulVerification(Array(name)), at: .vrfy)
    }
  }

  private func truthfulVerification(_ name: [UInt8]) -> RelayReply {
    let directory = service.configuration.directory
    let bare = name.first == 60 && name.last == 62 ? Array(name.dropFirst().dropLast()) : name
    if !bare.contains(UInt8(ascii: "@")) {
      guard let domain = directory.localDomains.min(), directory.hasUser(bare) else {
        return Replies.unknownUser
      }
      return RelayReply(250, "2.1.5", "<\(String(decoding: bare, as: UTF8.self))@\(domain)>")
    }
    do throws(SyntaxFault) {
      let mailbox = try PathParser.mailbox(bare)
      switch standing(of: mailbox) {
      case .known: return RelayReply(250, "2.1.5", "<\(mailbox)>")
      case .unknown: return Replies.unknownUser
      case .sink, .foreign: return Replies.cannotVerify
      }
    } catch {
      return RelayReply(501, "5.1.3", "Bad address: \(error.expected) is missing")
    }
  }

  /// ETRN (RFC 1985): there is no queue, so for our own domains nothing waits.
  private func runQueue(_ line: CommandLine) {
    guard service.has(.remoteQueue) else {
      refuse(Replies.notImplemented, at: .etrn)
      return
    }
    guard facts.clientName != nil else {
      refuse(Replies.helloFirst, at: .etrn)
      return
    }
    guard transaction == nil else {
      refuse(Replies.badSequence, at: .etrn)
      return
    }
    var node = line.argument
    if node.first == UInt8(ascii: "@") { node.removeFirst() }
    do throws(SyntaxFault) {
      let domain = try PathParser.domain(node).description
      let directory = service.configuration.directory
      let isOurs =
        directory.localDomains.contains(domain) || directory.sinkDomains.contains(domain)
      junk(
        isOurs
          ? RelayReply(251, "2.0.0", "OK, no messages waiting for node \(domain)")
          : RelayReply(459, "4.7.1", "Node \(domain) not allowed: it is not served here"),
        at: .etrn)
    } catch {
      refuse(RelayReply(501, "5.5.4", "A domain is needed"), at: .etrn)
    }
  }

  // MARK: Forgetting

  /// Drops parts of what the session remembers.
  func forget(_ parts: SessionParts) {
    if parts.contains(.hello) {
      facts.clientName = nil
      facts.isPlainSMTP = false
    }
    if parts.contains(.authentication) { facts.identity = nil }
    if parts.contains(.content) { transaction?.chunks = nil }
    if parts.contains(.recipients) {
      transaction?.recipients = []
      orphans = []
    }
    if parts.contains(.sender) {
      orphans = transaction?.recipients ?? orphans
      transaction = nil
    }
  }
}

extension RelayReply {
  /// The reply as HELO and EHLO get it (RFC 2034 section 4).
  fileprivate var withoutEnhanced: RelayReply {
    var reply = self
    reply.enhanced = nil
    return reply
  }
}

extension CommandLine {
  /// The stage at which a command is answered.
  var stage: RelayStage {
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
