// SPDX-License-Identifier: Apache-2.0
//
// MAIL and RCPT: the gates before them, their paths, and who may send to whom.

import SMTPWire

extension RelaySession {
  /// What stands between a client and mail commands; nil: nothing.
  ///
  /// - SeeAlso: RFC 3207 section 4, RFC 4954 section 6; 530 goes before 503
  func gate() -> RelayReply? {
    if policy.requiresTLS, !facts.isSecure { return Replies.needsTLS }
    if policy.requiresAuthentication, facts.identity == nil { return Replies.needsLogin }
    return nil
  }

  // MARK: MAIL

  func mail(_ line: CommandLine) {
    if let gate = gate() {
      refuse(gate, at: .mail)
      return
    }
    guard facts.clientName != nil || !policy.requiresHello else {
      refuse(Replies.helloFirst, at: .mail)
      return
    }
    if transaction != nil, policy.nestedMail == .refuse {
      refuse(Replies.badSequence, at: .mail)
      return
    }
    if let most = limits.transactions, effort.transactions >= most {
      answer(Replies.tooManyMessages, at: .mail, then: .close(.orderly))
      return
    }
    switch readSender(line) {
    case .success(let new): open(new)
    case .failure(let refusal):
      if policy.refusedMailOpensTransaction { transaction = Transaction(sender: "") }
      refuse(refusal.reply, at: .mail)
    }
  }

  private func open(_ new: Transaction) {
    var new = new
    switch policy.nestedMail {
    case .replaceSender: new.recipients = transaction?.recipients ?? orphans
    case .refuse, .restart: new.recipients = orphans
    }
    orphans = []
    transaction = new
    effort.transactions += 1
    answer(Replies.sender, at: .mail)
  }

  private func readSender(_ line: CommandLine) -> Result<Transaction, Refusal> {
    let argument = line.argument
    let envelope: EnvelopeArgument
    do throws(SyntaxFault) {
      envelope = try .mail(argument, allowsUTF8: service.has(.internationalized))
    } catch {
      return .failure(Refusal(syntaxRefusal(error, in: argument, badPath: "5.1.7")))
    }
    let path = envelope.path
    var new = Transaction(sender: path.mailbox.map { "\($0)" } ?? "")
    do throws(Refusal) {
      try readParameters(envelope.parameters, into: &new)
    } catch {
      return .failure(error)
    }
    if !new.isInternationalized, argument.contains(where: { $0 >= 128 }) {
      return .failure(Refusal(Replies.needsUTF8ForSender))
    }
    if let refusal = objection(toSender: path, of: new) { return .failure(Refusal(refusal)) }
    return .success(new)
  }

  private func objection(toSender path: MailPath, of new: Transaction) -> RelayReply? {
    guard let mailbox = path.mailbox else {
      return policy.acceptsNullSender ? nil : Replies.noNullSender
    }
    if mailbox.domain.hasUnknownTag { return Replies.unknownLiteral("5.1.7") }
    if service.configuration.obeysAddresses, let reply = mailbox.commandedReply("mail") {
      return reply
    }
    // RFC 6409 section 4.2: what is not fully qualified must not go on.
    if service.role.isSubmission, mailbox.domain.isSingleLabel { return Replies.unqualifiedSender }
    return nil
  }

  // MARK: RCPT

  func recipient(_ line: CommandLine) {
    if let gate = gate() {
      refuse(gate, at: .rcpt)
      return
    }
    guard let open = transaction, open.chunks == nil else {
      refuse(transaction == nil ? Replies.mailFirst : Replies.badSequence, at: .rcpt)
      return
    }
    let argument = line.argument
    do throws(SyntaxFault) {
      let envelope = try EnvelopeArgument.rcpt(
        argument, allowsUTF8: service.has(.internationalized))
      if !open.isInternationalized, argument.contains(where: { $0 >= 128 }) {
        refuse(Replies.needsUTF8ForRecipient, at: .rcpt)
      } else if let refusal = objection(toRecipientParameters: envelope.parameters) {
        refuse(refusal, at: .rcpt)
      } else if let refusal = objection(toRecipient: envelope.path) {
        refuse(refusal, at: .rcpt)
      } else {
        add(envelope.path)
      }
    } catch {
      refuse(syntaxRefusal(error, in: argument, badPath: "5.1.3"), at: .rcpt)
    }
  }

  private func add(_ path: MailPath) {
    guard let open = transaction else { return }
    guard open.recipients.count < limits.recipients else {
      transaction?.overflow += 1
      // Too many is no fault as long as it looks like one list (RFC 5321 section 4.5.3.1.10).
      if open.overflow >= limits.recipientOvershoot {
        refuse(Replies.tooManyRecipients, at: .rcpt)
      } else {
        answer(Replies.tooManyRecipients, at: .rcpt)
      }
      return
    }
    let address = path.mailbox.map { "\($0)" } ?? "postmaster"
    transaction?.recipients.append(address)
    answer(Replies.recipient(address), at: .rcpt)
  }

  private func objection(toRecipient path: MailPath) -> RelayReply? {
    guard let mailbox = path.mailbox else {
      return policy.knowsPostmaster ? nil : Replies.unknownUser
    }
    if mailbox.domain.hasUnknownTag { return Replies.unknownLiteral("5.1.3") }
    if service.configuration.obeysAddresses, let reply = mailbox.commandedReply("rcpt") {
      return reply
    }
    if policy.followsSourceRoutes, let hop = path.sourceRoute.first {
      return standing(ofDomain: .name(hop)) == .foreign && facts.identity == nil
        ? Replies.relayingDenied : nil
    }
    switch standing(of: mailbox) {
    case .known, .sink: return nil
    case .unknown:
      if policy.percentRelays, mailbox.localPart.octets.contains(UInt8(ascii: "%")) { return nil }
      return policy.acceptsUnknownUsers ? nil : Replies.unknownUser
    case .foreign:
      guard facts.identity != nil || policy.relaysForEverybody else {
        return Replies.relayingDenied
      }
      return mailbox.domain.isSingleLabel ? Replies.unqualifiedRecipient : nil
    }
  }

  // MARK: Who lives here

  /// What we know of a mailbox.
  func standing(of mailbox: Mailbox) -> RelayDirectory.Standing {
    let domain = standing(ofDomain: mailbox.domain)
    guard domain == .known else { return domain }
    let localPart = mailbox.localPart.octets
    let name = String(decoding: localPart, as: UTF8.self)
    if name.lowercased() == "postmaster" {
      // RFC 5321 section 4.5.1: in any case, at every domain that is served.
      let isKnown = policy.knowsPostmaster && (policy.ignoresCase || name == "postmaster")
      return isKnown ? .known : .unknown
    }
    if case .name(service.configuration.hostName) = mailbox.domain { return .unknown }
    return service.configuration.directory.hasUser(localPart) ? .known : .unknown
  }

  /// What we know of a domain; `known` is one of ours.
  private func standing(ofDomain domain: MailDomain) -> RelayDirectory.Standing {
    let directory = service.configuration.directory
    switch domain {
    case .name(let name):
      if directory.localDomains.contains(name) { return .known }
      if name == service.configuration.hostName.lowercased() { return .known }
      return directory.swallows(name) ? .sink : .foreign
    // RFC 5321 section 4.1.3: the literal of our own address means us.
    case .ipv4(let address), .ipv6(let address):
      return address == peer.localAddress ? .known : .foreign
    case .general: return .foreign
    }
  }
}

/// A refusal on its way out of a parser.
struct Refusal: Error {
  var reply: RelayReply

  init(_ reply: RelayReply) { self.reply = reply }
}

extension RelaySession {
  /// 501 for an argument that does not follow the grammar.
  ///
  /// - Parameter badPath: the enhanced code where the path is at fault, not a parameter.
  private func syntaxRefusal(
    _ fault: SyntaxFault, in argument: [UInt8], badPath: String
  ) -> RelayReply {
    let pathEnd = argument.lastIndex(of: UInt8(ascii: ">")) ?? argument.count
    return RelayReply(501, fault.offset > pathEnd ? "5.5.4" : badPath, "Syntax error: \(fault)")
  }
}

extension MailDomain {
  /// An address literal of another tag than `IPv6`, and no other is registered (RFC 5321 4.1.3).
  var hasUnknownTag: Bool {
    if case .general = self { true } else { false }
  }

  /// A name without a dot, which nobody else can resolve.
  var isSingleLabel: Bool {
    if case .name(let name) = self { !name.contains(".") } else { false }
  }
}

extension Mailbox {
  /// The refusal that a local part such as `rcpt550_5.1.1` or `mail421` asks for at a stage.
  func commandedReply(_ stage: String) -> RelayReply? {
    let text = String(decoding: localPart.octets, as: UTF8.self).lowercased()
    guard text.hasPrefix(stage) else { return nil }
    let words = text.dropFirst(stage.count).split(separator: "_")
    guard let reply = RelayReply(parsing: "\(words.joined(separator: " ")) As the address asks"),
      reply.code >= 400
    else { return nil }
    return reply
  }
}
