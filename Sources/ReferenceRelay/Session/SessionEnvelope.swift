// SPDX-License-Identifier: Apache-2.0
//
// MAIL and RCPT: the envelope of a transaction (RFC 5321 sections 3.3 and 4.1.1), with the parameters
// of SIZE, 8BITMIME, BINARYMIME, SMTPUTF8, DSN and AUTH.

import SMTPWire

/// Why a parameter is not taken.
private struct ParameterFault: Error {
  var reply: RelayReply

  init(_ code: UInt16, _ enhanced: String, _ text: String) {
    reply = RelayReply(code, enhanced, text)
  }
}

extension RelaySession {
  private func offers(_ entry: RelayExtension) -> Bool {
    environment.configuration.extensions.contains(entry)
  }

  // MARK: MAIL

  func mail(_ line: CommandLine, _ output: inout RelayOutput) {
    if policy.requiresHello, facts.clientName == nil {
      return fail(RelayReply(503, "5.5.1", "Send EHLO first"), at: .mail, &output)
    }
    if transaction != nil, case .refuse = policy.nestedMail {
      return fail(RelayReply(503, "5.5.1", "Nested MAIL command"), at: .mail, &output)
    }
    let argument: EnvelopeArgument
    do throws(SyntaxFault) {
      argument = try .mail(line.argument, allowsUTF8: offers(.internationalized))
    } catch {
      return fail(
        RelayReply(501, "5.5.4", "Syntax: MAIL FROM:<address>, \(error)"), at: .mail, &output)
    }
    if let most = limits.transactions, effort.transactions >= most {
      say(RelayReply(421, "4.7.0", "Too many messages on this connection"), at: .mail, &output)
      return end(.orderly, &output)
    }
    do throws(ParameterFault) {
      let opened = try opened(by: argument)
      if case .replaceSender = policy.nestedMail, transaction != nil {
        transaction?.sender = opened.sender
      } else {
        transaction = opened
      }
    } catch {
      phantomTransaction = policy.refusedMailOpensTransaction
      return fail(error.reply, at: .mail, &output)
    }
    effort.transactions += 1
    let commanded = commanded(argument.path, "mail")
    if let commanded { transaction = nil; return answer(commanded, at: .mail, &output) }
    say(RelayReply(250, "2.1.0", "Ok"), at: .mail, &output)
  }

  private func opened(by argument: EnvelopeArgument) throws(ParameterFault) -> Transaction {
    var transaction = Transaction(sender: "")
    switch argument.path.target {
    case .null:
      guard policy.acceptsNullSender else {
        throw ParameterFault(550, "5.1.8", "Null sender refused")
      }
    case .postmaster: transaction.sender = "postmaster"
    case .mailbox(let mailbox):
      guard !Self.hasUnknownTag(mailbox) else {
        throw ParameterFault(501, "5.1.7", "Unknown kind of address literal")
      }
      transaction.sender = mailbox.description
    }
    try read(argument.parameters, into: &transaction)
    let isASCII = transaction.sender.utf8.allSatisfy { $0 < 128 }
    guard isASCII || transaction.isInternationalized else {
      throw ParameterFault(553, "5.6.7", "SMTPUTF8 was not asked for")
    }
    return transaction
  }

  /// No tag but `IPv6` is registered (RFC 5321 section 4.1.3).
  private static func hasUnknownTag(_ mailbox: Mailbox) -> Bool {
    if case .general = mailbox.domain { true } else { false }
  }

  private func read(_ parameters: [ESMTPParameter], into transaction: inout Transaction)
    throws(ParameterFault)
  {
    var seen: Set<String> = []
    for parameter in parameters {
      guard seen.insert(parameter.keyword).inserted || policy.ignoresParameterValues else {
        throw ParameterFault(501, "5.5.4", "\(parameter.keyword) stands twice")
      }
      do throws(ParameterFault) {
        try read(parameter, into: &transaction)
      } catch {
        let isUnknown = error.reply.code == 555
        guard isUnknown ? policy.ignoresUnknownParameters : policy.ignoresParameterValues else {
          throw error
        }
      }
    }
  }

  private func read(_ parameter: ESMTPParameter, into transaction: inout Transaction)
    throws(ParameterFault)
  {
    let value = parameter.value ?? []
    let word = String(decoding: value, as: UTF8.self).uppercased()
    let bad = ParameterFault(501, "5.5.4", "Bad value of \(parameter.keyword)")
    switch parameter.keyword {
    case "SIZE" where offers(.size): transaction.declaredSize = try size(value, bad)
    case "BODY" where offers(.eightBitMIME):
      switch word {
      case "7BIT": transaction.body = .sevenBit
      case "8BITMIME": transaction.body = .eightBitMIME
      case "BINARYMIME" where offers(.binaryMIME): transaction.body = .binaryMIME
      default: throw bad
      }
    case "SMTPUTF8" where offers(.internationalized):
      guard parameter.value == nil else { throw bad }
      transaction.isInternationalized = true
    case "RET" where offers(.deliveryNotifications):
      guard word == "FULL" || word == "HDRS" else { throw bad }
    case "ENVID" where offers(.deliveryNotifications):
      // RFC 3461 section 4.4: at most 100 characters before encoding.
      guard let text = try? XText.decoded(value), !text.isEmpty, text.count <= 100 else {
        throw bad
      }
    case "AUTH" where policy.offersAuthentication:
      // RFC 4954 section 5: taken from everybody, trusted from nobody.
      guard !value.isEmpty, (try? XText.decoded(value)) != nil else { throw bad }
    default: throw ParameterFault(555, "5.5.4", "Unknown parameter \(parameter.keyword)")
    }
  }

  /// RFC 1870 section 3: up to twenty digits.
  private func size(_ value: [UInt8], _ bad: ParameterFault) throws(ParameterFault) -> Int {
    guard (1...20).contains(value.count), value.allSatisfy({ (48...57).contains($0) }) else {
      throw bad
    }
    let size = value.reduce(0.0) { $0 * 10 + Double($1 - 48) }
    if size > Double(limits.messageSize), policy.refusesDeclaredSize {
      throw ParameterFault(
        552, "5.3.4", "The message is too big, \(limits.messageSize) octets are the limit")
    }
    return Int(min(size, 1e18))
  }

  // MARK: RCPT

  func rcpt(_ line: CommandLine, _ output: inout RelayOutput) {
    guard transaction != nil || phantomTransaction else {
      return fail(RelayReply(503, "5.5.1", "Send MAIL first"), at: .rcpt, &output)
    }
    let argument: EnvelopeArgument
    do throws(SyntaxFault) {
      argument = try .rcpt(
        line.argument, allowsUTF8: transaction?.isInternationalized ?? false)
    } catch {
      return fail(
        RelayReply(501, "5.5.4", "Syntax: RCPT TO:<address>, \(error)"), at: .rcpt, &output)
    }
    if let mailbox = argument.path.mailbox, Self.hasUnknownTag(mailbox) {
      return fail(RelayReply(501, "5.1.3", "Unknown kind of address literal"), at: .rcpt, &output)
    }
    if let bad = fault(in: argument.parameters) { return fail(bad, at: .rcpt, &output) }
    if let transaction, transaction.recipients.count >= limits.recipients {
      self.transaction?.overflow += 1
      say(RelayReply(452, "4.5.3", "Too many recipients"), at: .rcpt, &output)
      if transaction.overflow >= limits.recipientOvershoot { countError(&output) }
      return
    }
    if let commanded = commanded(argument.path, "rcpt") {
      return answer(commanded, at: .rcpt, &output)
    }
    guard let recipient = recipient(argument.path) else {
      return fail(refusal(of: argument.path), at: .rcpt, &output)
    }
    if transaction == nil { transaction = Transaction(sender: "") }
    transaction?.recipients.append(recipient)
    say(RelayReply(250, "2.1.5", "Ok"), at: .rcpt, &output)
  }

  private func fault(in parameters: [ESMTPParameter]) -> RelayReply? {
    var seen: Set<String> = []
    for parameter in parameters {
      let value = parameter.value ?? []
      let isGood: Bool
      switch parameter.keyword {
      case "NOTIFY" where offers(.deliveryNotifications): isGood = Self.isNotify(value)
      case "ORCPT" where offers(.deliveryNotifications): isGood = Self.isOriginalRecipient(value)
      default:
        if policy.ignoresUnknownParameters { continue }
        return RelayReply(555, "5.5.4", "Unknown parameter \(parameter.keyword)")
      }
      if policy.ignoresParameterValues { continue }
      guard isGood, seen.insert(parameter.keyword).inserted else {
        return RelayReply(501, "5.5.4", "Bad value of \(parameter.keyword)")
      }
    }
    return nil
  }

  /// `NEVER`, or a list of the others (RFC 3461 section 4.1).
  private static func isNotify(_ value: [UInt8]) -> Bool {
    let words = String(decoding: value, as: UTF8.self).uppercased()
      .split(separator: ",", omittingEmptySubsequences: false)
    if words == ["NEVER"] { return true }
    return !words.isEmpty && Set(words).count == words.count
      && words.allSatisfy { ["SUCCESS", "FAILURE", "DELAY"].contains($0) }
  }

  /// An address type, a semicolon, an address in xtext or, for `utf-8`, in the form of RFC 6533
  /// (RFC 3461 section 4.2: at most 500 characters).
  private static func isOriginalRecipient(_ value: [UInt8]) -> Bool {
    guard let mark = value.firstIndex(of: 59), mark > 0, value.count <= 500 else { return false }
    let type = String(decoding: value[..<mark], as: UTF8.self).lowercased()
    let address = Array(value[(mark + 1)...])
    if type == "utf-8" { return !address.isEmpty }
    return !address.isEmpty && (try? XText.decoded(address)) != nil
  }

  /// The recipient as it is stored, nil where it is not taken.
  private func recipient(_ path: MailPath) -> String? {
    switch path.target {
    case .null: return nil
    case .postmaster: return policy.knowsPostmaster ? "postmaster" : nil
    case .mailbox(let mailbox):
      if policy.followsSourceRoutes, let first = path.sourceRoute.first {
        let directory = environment.configuration.directory
        let isOurs = directory.localDomains.contains(first) || directory.sinkDomains.contains(first)
        return isOurs || facts.identity != nil ? mailbox.description : nil
      }
      switch standing(of: mailbox) {
      case .known, .sink: return mailbox.description
      case .unknown:
        let isRouted =
          policy.percentRelays
          && !mailbox.localPart.octets.allSatisfy {
            $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "!")
          }
        return policy.acceptsUnknownUsers || isRouted ? mailbox.description : nil
      case .foreign:
        return policy.relaysForEverybody || facts.identity != nil ? mailbox.description : nil
      }
    }
  }

  private func refusal(of path: MailPath) -> RelayReply {
    if let mailbox = path.mailbox, case .foreign = standing(of: mailbox) {
      return RelayReply(550, "5.7.1", "Relaying denied")
    }
    return RelayReply(550, "5.1.1", "No such user here")
  }

  /// What the directory knows of a mailbox.
  func standing(of mailbox: Mailbox) -> RelayDirectory.Standing {
    let directory = environment.configuration.directory
    let isLocal: Bool
    switch mailbox.domain {
    case .name(let name):
      if directory.sinkDomains.contains(name) { return .sink }
      isLocal = directory.localDomains.contains(name) || name == hostName
    case .ipv4(let address), .ipv6(let address): isLocal = address == peer.localAddress
    case .general: isLocal = false
    }
    guard isLocal else { return .foreign }
    let isPostmaster =
      String(decoding: mailbox.localPart.octets, as: UTF8.self).lowercased() == "postmaster"
    if isPostmaster, !policy.knowsPostmaster { return .unknown }
    if !policy.ignoresCase, mailbox.localPart.octets.contains(where: { (65...90).contains($0) }) {
      return .unknown
    }
    return directory.hasUser(mailbox.localPart.octets) ? .known : .unknown
  }

  // MARK: Commanded replies

  /// The reply that an address asks for: `rcpt550_5.1.1@…`, `mail421@…`.
  private func commanded(_ path: MailPath, _ stage: String) -> RelayReply? {
    guard environment.configuration.obeysAddresses, let mailbox = path.mailbox else { return nil }
    let local = String(decoding: mailbox.localPart.octets, as: UTF8.self).lowercased()
    guard local.hasPrefix(stage) else { return nil }
    let words = local.dropFirst(stage.count).split(separator: "_", maxSplits: 1)
    guard let code = words.first else { return nil }
    let enhanced = words.count > 1 ? " \(words[1])" : ""
    return RelayReply(parsing: "\(code)\(enhanced) as the address asks")
  }

  private func answer(_ reply: RelayReply, at stage: RelayStage, _ output: inout RelayOutput) {
    say(reply, at: stage, &output)
    if reply.code == 421 { end(.orderly, &output) }
  }
}
