// SPDX-License-Identifier: Apache-2.0
//
// DATA and BDAT: content on its way in, and what is said at its end.

import MailContent
import SMTPWire
import TLSEngine

extension RelaySession {
  // MARK: DATA

  func data(_ line: CommandLine) {
    withoutArgument(line) {
      if let refusal = objectionToData() {
        refuse(refusal, at: .data)
        return
      }
      answer(Replies.startContent, at: .data)
      guard !isEnded else { return }
      intake = ContentIntake(wishes())
      dataReader = DataReader(rule: policy.endOfData)
      begin(.data)
    }
  }

  private func objectionToData() -> RelayReply? {
    if let gate = gate() { return gate }
    guard let transaction else { return policy.requiresRecipients ? Replies.mailFirst : nil }
    // RFC 3030 sections 2 and 3: no DATA behind BDAT, none for binary content.
    if transaction.chunks != nil, !policy.mixesDataWithChunks { return Replies.badSequence }
    if transaction.body == .binaryMIME, !policy.takesDataForBinaryBodies {
      return Replies.badSequence
    }
    return objectionToRecipients(of: transaction)
  }

  /// RFC 5321 section 3.3; in LMTP the code is 503 (RFC 2033 section 4.2).
  private func objectionToRecipients(of transaction: Transaction) -> RelayReply? {
    guard transaction.recipients.isEmpty, policy.requiresRecipients else { return nil }
    return service.role.isLMTP ? Replies.noRecipientsLMTP : Replies.noRecipients
  }

  private func wishes() -> ContentIntake.Wishes {
    ContentIntake.Wishes(
      limit: policy.refusesActualSize ? limits.messageSize : .max,
      collects: service.configuration.keepsMessages,
      checksIntegrity: service.configuration.checksIntegrity,
      watchesStrays: transaction?.body != .binaryMIME, budget: service.budget)
  }

  // MARK: Content

  /// Reads content from octets that begin with the next one of it.
  ///
  /// - Returns: how many octets were used; none outside of content.
  func readContent(_ octets: UnsafeRawBufferPointer) -> Int {
    switch phase {
    case .data: return readData(octets)
    case .chunk(let chunk): return read(chunk, octets)
    case .opening, .command, .response, .handshake, .ended: return 0
    }
  }

  private func readData(_ octets: UnsafeRawBufferPointer) -> Int {
    guard let intake, dataReader != nil else { return 0 }
    var octets = octets
    if policy.endsContentAtDeclaredSize, let size = transaction?.declaredSize {
      octets = UnsafeRawBufferPointer(rebasing: octets.prefix(max(size - intake.size + 1, 0)))
    }
    let used = dataReader?.read(octets) { intake.take($0, watching: false) } ?? 0
    let isCut =
      policy.endsContentAtDeclaredSize && intake.size > transaction?.declaredSize ?? .max
    if dataReader?.isAtEnd == true || isCut {
      intake.note(dataReader?.observations ?? [])
      conclude(intake)
    } else if intake.size / max(limits.oversizePatience, 1) > limits.messageSize {
      answer(Replies.tooBig, at: .message, then: .close(.orderly))
    }
    return used
  }

  // MARK: BDAT

  func chunk(_ line: CommandLine) {
    let argument: ChunkArgument
    do throws(SyntaxFault) {
      argument = try ChunkArgument(line.argument)
    } catch {
      // Where the next command begins is unknown now.
      answer(Replies.badChunk, at: .bdat, then: .close(.orderly))
      return
    }
    guard argument.size / max(limits.oversizePatience, 1) <= limits.messageSize else {
      answer(Replies.tooBig, at: .bdat, then: .close(.orderly))
      return
    }
    var chunk = Chunk(
      remaining: max(argument.size + policy.chunkMiscount, 0), size: argument.size,
      isLast: argument.isLast, fate: .take)
    if let replies = objection(to: chunk) {
      chunk.fate = .refuse(replies)
      guard policy.consumesRefusedChunks else {
        conclude(chunk)
        return
      }
    } else if transaction?.chunks == nil {
      let intake = ContentIntake(wishes())
      transaction?.chunks = intake
    }
    begin(.chunk(chunk))
    if chunk.remaining == 0 { conclude(chunk) }
  }

  /// Why a chunk is not taken: replies, or in one case of LMTP silence; nil: it is.
  private func objection(to chunk: Chunk) -> [RelayReply]? {
    guard service.has(.chunking) else { return [Replies.notImplemented] }
    if let gate = gate() { return [gate] }
    guard let transaction else { return [Replies.mailFirst] }
    if let refusal = objectionToRecipients(of: transaction) {
      // RFC 2033 section 4.3: a reply for each accepted recipient, and there are none.
      return service.role.isLMTP && chunk.isLast ? [] : [refusal]
    }
    let size = (transaction.chunks?.size ?? 0) + chunk.size
    if policy.refusesActualSize, size > limits.messageSize { return [Replies.tooBig] }
    return nil
  }

  private func read(_ chunk: Chunk, _ octets: UnsafeRawBufferPointer) -> Int {
    let piece = octets.prefix(chunk.remaining)
    if case .take = chunk.fate {
      transaction?.chunks?.take(UnsafeRawBufferPointer(rebasing: piece), watching: true)
    }
    var chunk = chunk
    chunk.remaining -= piece.count
    if chunk.remaining == 0 { conclude(chunk) } else { phase = .chunk(chunk) }
    return piece.count
  }

  /// All octets of a chunk are there.
  private func conclude(_ chunk: Chunk) {
    begin(.command)
    if case .refuse(let replies) = chunk.fate {
      // What came before is of no use without this chunk (RFC 3030 section 2).
      if transaction?.chunks != nil { transaction = nil }
      refuseChunk(replies)
      return
    }
    switch ruledAct(at: .bdat) {
    case .refuse(let reply):
      transaction = nil
      refuseByRule(reply, at: .bdat)
      return
    case .close(let manner):
      end(manner)
      return
    case .silence: return
    case .delay, nil: break
    }
    guard chunk.isLast else {
      let reply = RelayReply(250, "2.0.0", "\(chunk.size) octets received")
      if chunk.size == 0 { junk(reply, at: .bdat) } else { answer(reply, at: .bdat) }
      return
    }
    guard let intake = transaction?.chunks else { return }
    intake.finish()
    conclude(intake)
  }

  private func refuseChunk(_ replies: [RelayReply]) {
    if let first = replies.first { refuse(first, at: .bdat) } else { answer([], at: .bdat) }
  }

  // MARK: The end of a message

  /// All content is there: judge it, and answer.
  private func conclude(_ intake: ContentIntake) {
    begin(.command)
    self.intake = nil
    dataReader = nil
    let envelope = transaction ?? Transaction(sender: "")
    forget(policy.messageForgets)
    switch ruledAct(at: .message) {
    case .refuse(let reply):
      let step = reply.code == 421 ? RelayStep.close(.orderly) : .read
      answer(everyRecipient(of: envelope, reply), at: .message, then: step)
      return
    case .close(let manner):
      end(manner)
      return
    case .silence: return
    case .delay, nil: break
    }
    if let refusal = objection(to: intake, of: envelope) {
      answer(everyRecipient(of: envelope, refusal), at: .message)
    } else {
      takeOver(intake, envelope)
    }
  }

  private func objection(to intake: ContentIntake, of envelope: Transaction) -> RelayReply? {
    if intake.isTooBig { return Replies.tooBig }
    if !intake.strays.isDisjoint(with: policy.refusedContent) { return Replies.strayContent }
    if intake.hops.count > limits.hops { return Replies.loop }
    if intake.isOverBudget { return Replies.noSpace }
    guard service.configuration.obeysAddresses else { return nil }
    return envelope.recipients.lazy.compactMap { address -> RelayReply? in
      do throws(SyntaxFault) {
        return try PathParser.mailbox(Array(address.utf8)).commandedReply("data")
      } catch {
        return nil
      }
    }.first
  }

  /// Takes responsibility for a message, once it is on the disk where it shall be.
  private func takeOver(_ intake: ContentIntake, _ envelope: Transaction) {
    effort.messages += 1
    let accepted = AcceptedMessage(
      recipients: envelope.recipients.count, octets: intake.size, integrity: intake.integrity())
    let replies = everyRecipient(of: envelope, Replies.accepted)
    guard service.configuration.keepsMessages else {
      accept(accepted, replies)
      return
    }
    var message = message(intake, envelope)
    if !faults.isEmpty {
      let context = context
      for index in faults.indices { faults[index].deliver(&message, context) }
    }
    if service.configuration.nextHop != nil, !message.recipients.isEmpty {
      message.copies = [TraceFields.forwarded(message)]
      message.copies[0].triesAgain = policy.triesAgain
      let context = context
      for index in faults.indices { faults[index].forward(&message.copies, context) }
    }
    begin(.command)
    wait = .store(replies, accepted)
    out.step = .store(message)
  }

  /// Counts a message that is accepted, and says so.
  func accept(_ message: AcceptedMessage, _ replies: [RelayReply]) {
    tally.accepted(service.role, recipients: message.recipients, octets: message.octets)
    // Work was done: what went wrong before is forgiven.
    effort.errors = 0
    effort.junk = 0
    if let reading = message.integrity {
      switch reading.verdict {
      case .intact: tally.intact.add()
      case .changed: tally.changed.add()
      case .noMark: tally.unmarked.add()
      }
      if service.seen.hasSeen(reading) { tally.duplicates.add() }
    }
    if replies.count == 1 {
      answer(replies[0], at: .message)
    } else {
      answer(replies, at: .message)
    }
  }

  /// One reply, or one for each accepted recipient (RFC 2033 section 4.2).
  private func everyRecipient(of envelope: Transaction, _ reply: RelayReply) -> [RelayReply] {
    guard policy.repliesPerRecipient else { return [reply] }
    return [RelayReply](repeating: reply, count: envelope.recipients.count)
  }

  /// The client has gone in the middle of a message, and a fault wants it kept.
  func concludeUnfinished() {
    guard case .data = phase, let intake, let envelope = transaction else { return }
    begin(.command)
    self.intake = nil
    takeOver(intake, envelope)
  }

  private func message(_ intake: ContentIntake, _ envelope: Transaction) -> RelayMessage {
    RelayMessage(
      id: "\(service.idPrefix)-\(peer.number)-\(effort.messages)", sender: envelope.sender,
      recipients: envelope.recipients, content: intake.collected,
      trace: RelayTrace(
        clientName: facts.clientName ?? "unknown", clientAddress: peer.address,
        hostName: service.configuration.hostName, transmission: transmission(of: envelope),
        cipher: facts.tls.map(\.cipher).flatMap { $0.hasPrefix("TLS_") ? $0 : nil },
        time: service.configuration.wallClock()),
      isInternationalized: envelope.isInternationalized)
  }

  /// The registered name of how the message came (RFC 3848, RFC 6531 section 4.3).
  private func transmission(of envelope: Transaction) -> String {
    guard !facts.isPlainSMTP else { return "SMTP" }
    let base =
      switch (envelope.isInternationalized, service.role.isLMTP) {
      case (false, false): "ESMTP"
      case (false, true): "LMTP"
      case (true, false): "UTF8SMTP"
      case (true, true): "UTF8LMTP"
      }
    return base + (facts.isSecure ? "S" : "") + (facts.identity == nil ? "" : "A")
  }
}
