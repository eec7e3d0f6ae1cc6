// SPDX-License-Identifier: Apache-2.0
//
// DATA and BDAT: taking a message in and answering for it (RFC 5321 section 4.1.1.4, RFC 3030,
// RFC 2033 section 4.2).

import MailContent
import SMTPWire
import TLSEngine

extension RelaySession {
  // MARK: DATA

  func data(_ line: CommandLine, _ output: inout RelayOutput) {
    guard !line.hasArgument else {
      return fail(RelayReply(501, "5.5.4", "Syntax: DATA"), at: .data, &output)
    }
    guard let open = transaction else {
      return fail(RelayReply(503, "5.5.1", "Send MAIL first"), at: .data, &output)
    }
    if !policy.mixesDataWithChunks {
      if open.chunks != nil {
        return fail(RelayReply(503, "5.5.1", "DATA behind BDAT"), at: .data, &output)
      }
      if open.body == .binaryMIME {
        return fail(RelayReply(503, "5.5.1", "BINARYMIME needs BDAT"), at: .data, &output)
      }
    }
    guard !open.recipients.isEmpty || !policy.requiresRecipients else {
      let code: UInt16 = role.isLMTP ? 503 : 554
      return fail(RelayReply(code, "5.5.1", "No valid recipients"), at: .data, &output)
    }
    dataReader = DataReader(rule: policy.endOfData)
    intake = intake(for: open)
    phase = .data
    say(RelayReply(354, nil, "End data with <CR><LF>.<CR><LF>"), at: .data, &output)
    extendLimit(by: limits.data)
  }

  private func intake(for open: Transaction) -> ContentIntake {
    ContentIntake(
      .init(
        limit: limits.messageSize, collects: environment.configuration.maildir != nil,
        checksIntegrity: environment.configuration.checksIntegrity,
        watchesStrays: open.body != .binaryMIME, budget: environment.budget))
  }

  /// - Returns: whether the content came to its end.
  func readData(_ output: inout RelayOutput) -> Bool {
    guard let intake, reader.unread > 0 else { return false }
    let before = intake.size
    let declared = policy.endsContentAtDeclaredSize ? transaction?.declaredSize : nil
    reader.read { octets in
      dataReader.read(octets) { intake.take($0, watching: false) }
    }
    extendForContent(intake.size - before)
    if !dataReader.isAtEnd, declared.map({ intake.size < $0 }) ?? true {
      cutOversize(intake, at: .message, &output)
      return false
    }
    var strays: StrayOctets = []
    if dataReader.observations.contains(.bareLF) { strays.insert(.bareLF) }
    if dataReader.observations.contains(.bareCR) { strays.insert(.bareCR) }
    if dataReader.observations.contains(.nul) { strays.insert(.nul) }
    intake.strays = strays
    self.intake = nil
    phase = .command
    complete(intake, at: .message, &output)
    return true
  }

  /// The octets of content buy time at the rate that a client must keep up.
  private func extendForContent(_ octets: Int) {
    guard octets > 0, limits.dataRate > 0 else { return }
    extendLimit(by: limits.data)
  }

  private func cutOversize(
    _ intake: ContentIntake, at stage: RelayStage, _ output: inout RelayOutput
  ) {
    guard policy.refusesActualSize,
      intake.size / max(limits.messageSize, 1) >= limits.oversizePatience
    else { return }
    say(RelayReply(552, "5.3.4", "The message is far too big"), at: stage, &output)
    end(.orderly, &output)
  }

  // MARK: BDAT

  func bdat(_ line: CommandLine, _ output: inout RelayOutput) {
    guard environment.configuration.extensions.contains(.chunking) else {
      return fail(RelayReply(502, "5.5.1", "BDAT is not offered"), at: .bdat, &output)
    }
    let argument: ChunkArgument
    do throws(SyntaxFault) {
      argument = try ChunkArgument(line.argument)
    } catch {
      return fail(RelayReply(501, "5.5.4", "Syntax: BDAT size [LAST]"), at: .bdat, &output)
    }
    if argument.size == 0 { countJunk(&output) }
    var fate = Chunk.Fate.take
    if transaction == nil {
      fate = .refuse(RelayReply(503, "5.5.1", "Send MAIL first"))
    } else if transaction?.recipients.isEmpty == true, policy.requiresRecipients {
      fate = .refuse(RelayReply(503, "5.5.1", "No valid recipients"))
    }
    if case .take = fate, let open = transaction, open.chunks == nil {
      transaction?.chunks = intake(for: open)
    }
    if case .refuse(let reply) = fate, !policy.consumesRefusedChunks {
      return fail(reply, at: .bdat, &output)
    }
    let count = max(argument.size + policy.chunkMiscount, 0)
    phase = .chunk(
      Chunk(
        remaining: UInt64(count), size: UInt64(argument.size), isLast: argument.isLast, fate: fate))
    extendLimit(by: limits.data)
  }

  /// - Returns: whether the chunk came to its end.
  func readChunk(_ chunk: Chunk, _ output: inout RelayOutput) -> Bool {
    var chunk = chunk
    let intake: ContentIntake? = if case .take = chunk.fate { transaction?.chunks } else { nil }
    if chunk.remaining > 0 {
      guard reader.unread > 0 else { return false }
      reader.read { octets in
        let count = Int(min(UInt64(octets.count), chunk.remaining))
        intake?.take(UnsafeRawBufferPointer(rebasing: octets[..<count]), watching: true)
        chunk.remaining -= UInt64(count)
        return count
      }
      extendForContent(1)
    }
    phase = .chunk(chunk)
    if chunk.remaining > 0 {
      if let intake { cutOversize(intake, at: .bdat, &output) }
      return false
    }
    phase = .command
    switch chunk.fate {
    case .refuse(let reply): fail(reply, at: .bdat, &output)
    case .take: finish(chunk, intake, &output)
    }
    return true
  }

  private func finish(_ chunk: Chunk, _ intake: ContentIntake?, _ output: inout RelayOutput) {
    guard let intake else { return }
    if chunk.isLast {
      intake.finish()
      transaction?.chunks = nil
      return complete(intake, at: .message, &output)
    }
    if intake.isTooBig, policy.refusesActualSize {
      transaction = nil
      return fail(RelayReply(552, "5.3.4", "The message is too big"), at: .bdat, &output)
    }
    say(RelayReply(250, "2.0.0", "\(chunk.size) octets received"), at: .bdat, &output)
  }

  // MARK: The final reply

  /// Judges a whole message, puts it away and answers for it.
  private func complete(
    _ intake: ContentIntake, at stage: RelayStage, _ output: inout RelayOutput
  ) {
    guard let open = transaction else { return }
    if let refusal = refusal(of: intake, open) {
      return conclude(
        refusal, recipients: open.recipients.count, octets: intake.size, &output)
    }
    count(intake)
    if environment.configuration.maildir != nil {
      var message = message(of: open, content: intake.collected)
      for index in faults.indices { faults[index].deliver(&message, context) }
      waiting = .store(recipients: open.recipients.count, octets: intake.size)
      output.step = .store(message)
      return
    }
    conclude(nil, recipients: open.recipients.count, octets: intake.size, &output)
  }

  private func refusal(of intake: ContentIntake, _ open: Transaction) -> RelayReply? {
    if intake.isTooBig, policy.refusesActualSize {
      return RelayReply(552, "5.3.4", "The message is too big")
    }
    if open.body != .binaryMIME, !intake.strays.isDisjoint(with: policy.refusedContent) {
      return RelayReply(554, "5.6.0", "CR and LF must stand in pairs, and NUL not at all")
    }
    if intake.hops.count > limits.hops { return RelayReply(554, "5.4.6", "Too many hops") }
    if intake.isOverBudget { return RelayReply(452, "4.3.1", "No room for the message now") }
    return nil
  }

  private func count(_ intake: ContentIntake) {
    guard let reading = intake.integrity() else { return }
    switch reading.verdict {
    case .intact: tally.intact.add()
    case .changed: tally.changed.add()
    case .noMark: tally.unmarked.add()
    }
    if let run = reading.run, let session = reading.session, let message = reading.message,
      environment.marks.isDuplicate(run: run, session: session, message: message)
    {
      tally.duplicates.add()
    }
  }

  func message(of open: Transaction, content: [UInt8]) -> RelayMessage {
    var word = role.isLMTP ? "LMTP" : facts.isPlainSMTP ? "SMTP" : "ESMTP"
    if open.isInternationalized { word = role.isLMTP ? "UTF8LMTP" : "UTF8SMTP" }
    if facts.isSecure { word += "S" }
    if facts.identity != nil { word += "A" }
    return RelayMessage(
      id: queueName, sender: open.sender, recipients: open.recipients, content: content,
      trace: RelayTrace(
        clientName: facts.clientName ?? "unknown", clientAddress: peer.address, hostName: hostName,
        transmission: word, cipher: facts.tls?.cipher,
        time: environment.configuration.wallClock()))
  }

  /// A name that no other message of this relay has.
  private var queueName: String { "\(peer.number).\(effort.transactions)" }

  /// Gives the final replies, one, or in LMTP one for each accepted recipient, and closes the
  /// transaction.
  func conclude(
    _ refusal: RelayReply?, recipients: Int, octets: Int, _ output: inout RelayOutput
  ) {
    if refusal == nil {
      tally.accepted(role, recipients: recipients, octets: octets)
      effort.messages += 1
      effort.errors = 0
      effort.junk = 0
    }
    let reply = refusal ?? RelayReply(250, "2.0.0", "Ok: queued as \(queueName)")
    let count = policy.repliesPerRecipient ? max(recipients, 1) : 1
    forget(policy.messageForgets)
    say(Array(repeating: reply, count: count), at: .message, &output)
    if refusal != nil { countError(&output) }
  }
}
