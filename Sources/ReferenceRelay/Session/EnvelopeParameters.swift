// SPDX-License-Identifier: Apache-2.0
//
// The parameters of MAIL and RCPT: SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531),
// RET, ENVID, NOTIFY, ORCPT (RFC 3461) and AUTH (RFC 4954).

import SMTPWire

extension RelaySession {
  /// Reads the parameters of MAIL into a transaction.
  ///
  /// - Throws: 501 for bad or repeated values, 552 for a size that is too big, 555 for what is not
  ///   known or not offered (RFC 5321 section 4.1.1.11).
  func readParameters(
    _ parameters: [ESMTPParameter], into transaction: inout Transaction
  ) throws(Refusal) {
    for (index, parameter) in parameters.enumerated() {
      let isRepeated = parameters[..<index].contains { $0.keyword == parameter.keyword }
      if isRepeated, !policy.ignoresParameterValues {
        throw Refusal(badParameter("\(parameter.keyword) comes twice"))
      }
      try read(parameter, into: &transaction)
    }
  }

  private func read(
    _ parameter: ESMTPParameter, into transaction: inout Transaction
  ) throws(Refusal) {
    let value = parameter.value
    switch parameter.keyword {
    case "SIZE" where service.has(.size):
      try readSize(value, into: &transaction)
    case "BODY" where service.has(.eightBitMIME):
      try readBody(value, into: &transaction)
    case "SMTPUTF8" where service.has(.internationalized):
      try require(value == nil, "SMTPUTF8 has no value")
      transaction.isInternationalized = true
    case "RET" where service.has(.deliveryNotifications):
      try require(Self.isOne(of: ["FULL", "HDRS"], value), "RET is FULL or HDRS")
    case "ENVID" where service.has(.deliveryNotifications):
      try require(Self.isXText(value, most: 100), "ENVID is xtext of 1 to 100 octets")
    case "AUTH" where service.has(.authentication):
      try require(Self.isAuthenticatedSender(value), "AUTH is xtext of an address, or <>")
    default:
      guard policy.ignoresUnknownParameters else { throw Refusal(unknown(parameter)) }
    }
  }

  private func readSize(
    _ value: [UInt8]?, into transaction: inout Transaction
  ) throws(Refusal) {
    guard let value, (1...20).contains(value.count), value.allSatisfy({ (48...57).contains($0) })
    else {
      try require(false, "SIZE is a number of 1 to 20 digits")
      return
    }
    // Twenty digits may be more than any number we have; that is too big all the same.
    let size = Int(String(decoding: value, as: UTF8.self)) ?? .max
    if size > limits.messageSize, policy.refusesDeclaredSize { throw Refusal(Replies.tooBig) }
    transaction.declaredSize = size
  }

  private func readBody(
    _ value: [UInt8]?, into transaction: inout Transaction
  ) throws(Refusal) {
    switch value.map({ String(decoding: $0, as: UTF8.self).uppercased() }) {
    case "7BIT": transaction.body = .sevenBit
    case "8BITMIME": transaction.body = .eightBitMIME
    case "BINARYMIME" where service.has(.binaryMIME): transaction.body = .binaryMIME
    default: try require(false, "BODY is 7BIT, 8BITMIME or, where it is offered, BINARYMIME")
    }
  }

  /// What is wrong with the parameters of RCPT; nil: nothing.
  func objection(toRecipientParameters parameters: [ESMTPParameter]) -> RelayReply? {
    do throws(Refusal) {
      for (index, parameter) in parameters.enumerated() {
        let isRepeated = parameters[..<index].contains { $0.keyword == parameter.keyword }
        try require(!isRepeated, "\(parameter.keyword) comes twice")
        switch parameter.keyword {
        case "NOTIFY" where service.has(.deliveryNotifications):
          try require(
            Self.isNotify(parameter.value), "NOTIFY is NEVER, or of SUCCESS, FAILURE and DELAY")
        case "ORCPT" where service.has(.deliveryNotifications):
          try require(
            Self.isOriginalRecipient(parameter.value), "ORCPT is a type, ; and xtext")
        default:
          guard policy.ignoresUnknownParameters else { return unknown(parameter) }
        }
      }
      return nil
    } catch {
      return error.reply
    }
  }

  private func require(_ condition: Bool, _ rule: String) throws(Refusal) {
    if !condition, !policy.ignoresParameterValues { throw Refusal(badParameter(rule)) }
  }

  private func badParameter(_ rule: String) -> RelayReply { RelayReply(501, "5.5.4", rule) }

  private func unknown(_ parameter: ESMTPParameter) -> RelayReply {
    RelayReply(555, "5.5.4", "Parameter \(parameter.keyword.prefix(64)) is not known here")
  }

  // MARK: Values

  private static func isOne(of words: [String], _ value: [UInt8]?) -> Bool {
    value.map { words.contains(String(decoding: $0, as: UTF8.self).uppercased()) } ?? false
  }

  private static func isXText(_ value: [UInt8]?, most: Int) -> Bool {
    guard let value, (1...most).contains(value.count) else { return false }
    return decoded(value) != nil
  }

  private static func decoded(_ value: [UInt8]) -> [UInt8]? {
    do throws(SyntaxFault) {
      return try XText.decoded(value)
    } catch {
      return nil
    }
  }

  /// RFC 4954 section 5: `<>` or an address, in xtext.
  private static func isAuthenticatedSender(_ value: [UInt8]?) -> Bool {
    guard let value, value.count <= 500, let address = decoded(value) else { return false }
    if address == Array("<>".utf8) { return true }
    do throws(SyntaxFault) {
      _ = try PathParser.mailbox(address)
      return true
    } catch {
      return false
    }
  }

  /// RFC 3461 section 4.1: NEVER alone, or a list of the others without repetition.
  private static func isNotify(_ value: [UInt8]?) -> Bool {
    guard let value else { return false }
    let words = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self).uppercased() }
    if words == ["NEVER"] { return true }
    return Set(words).count == words.count
      && words.allSatisfy { ["SUCCESS", "FAILURE", "DELAY"].contains($0) }
  }

  /// RFC 3461 section 4.2: `addr-type;xtext`; RFC 6533 section 3 adds `utf-8;` with its own form,
  /// which may hold UTF-8 and `\x{…}`.
  private static func isOriginalRecipient(_ value: [UInt8]?) -> Bool {
    guard let value, value.count <= 500, let mark = value.firstIndex(of: UInt8(ascii: ";")) else {
      return false
    }
    let type = String(decoding: value[..<mark], as: UTF8.self).lowercased()
    let address = Array(value[(mark + 1)...])
    guard !address.isEmpty, !type.isEmpty,
      type.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") })
    else { return false }
    if type == "utf-8" { return address.allSatisfy { $0 > 32 && $0 != 127 } }
    return decoded(address) != nil
  }
}
