// SPDX-License-Identifier: Apache-2.0
//
// From templates to octets in the output, and from there to the transcript, without secrets.

import MailContent
import SMTPWire
import ScenarioLanguage

extension Dialogue {
  /// Appends a step's octets to the output.
  /// - Parameter line: whether they must be one command line: no CR, LF or NUL but its CRLF.
  /// - Returns: where they stand; nil where the step was concluded because it has no such octets.
  mutating func render(
    _ step: PreparedStep, line: Bool, at now: Instant, _ out: inout DialogueOutput
  ) -> Range<Int>? {
    switch fill(step, line: line, &out) {
    case .octets(let range, let secrets):
      if keeps { logSent(range, secrets: secrets, at: now, out) }
      return range
    case .unset(let name): concludeUnset(name, at: now, &out)
    case .otherCommands:
      conclude(.unable("a value holds CR, LF or NUL and would make other commands"), at: now, &out)
    }
    return nil
  }

  /// What became of a template.
  enum Filling {
    /// Octets in the output, and where among them the secrets stand.
    case octets(Range<Int>, secrets: [Range<Int>])
    /// A name has no value.
    case unset(String)
    /// A value would make more than one command line.
    case otherCommands
  }

  /// Appends a step's octets to the output, where they can be had.
  mutating func fill(
    _ step: PreparedStep, line: Bool, _ out: inout DialogueOutput
  ) -> Filling {
    let start = out.octets.count
    if let literal = step.template.literal {
      out.octets.append(contentsOf: literal)
      return .octets(start..<out.octets.count, secrets: [])
    }
    values.messageSize = nextMessage()?.size ?? 0
    values.offersSize = keeps || offersSize
    var secrets: [Range<Int>] = []
    let lacking = values.render(
      step.template, feed: prepared.settings.feed, seed: prepared.settings.seed,
      into: &out.octets, secrets: &secrets)
    if let lacking { return .unset(lacking) }
    let range = start..<out.octets.count
    // A captured value is the peer's text: it must not smuggle a second command into ours.
    if line, !isOneLine(out.octets[range]) {
      out.octets.removeSubrange(range)
      return .otherCommands
    }
    return .octets(range, secrets: secrets)
  }

  mutating func concludeUnset(_ name: String, at now: Instant, _ out: inout DialogueOutput) {
    conclude(.unable("${\(name)} has no value"), at: now, &out)
  }

  private func isOneLine(_ octets: ArraySlice<UInt8>) -> Bool {
    octets.suffix(2) == [0x0D, 0x0A]
      && !octets.dropLast(2).contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
  }

  // MARK: Transcript

  mutating func note(_ text: String, at now: Instant) {
    guard keeps else { return }
    record.transcript?.note(text, at: now)
  }

  /// Enters octets that were sent or received.
  mutating func log(
    _ octets: some Collection<UInt8>, _ mark: Transcript.Mark, at now: Instant,
    atMost: Int = 4096
  ) {
    guard keeps else { return }
    record.transcript?.add(octets, mark: mark, at: now, atMost: atMost)
  }

  var sentMark: Transcript.Mark { isSecure ? .sentOverTLS : .sent }
  var receivedMark: Transcript.Mark { isSecure ? .receivedOverTLS : .received }

  /// Enters a command, masked where it carries credentials.
  mutating func logSent(
    _ range: Range<Int>, secrets: [Range<Int>], at now: Instant, _ out: DialogueOutput
  ) {
    var shown: [UInt8] = []
    var next = range.lowerBound
    for secret in secrets {
      shown += out.octets[next..<secret.lowerBound]
      shown += Array(SecretMask.replacement.utf8)
      next = secret.upperBound
    }
    shown += out.octets[next..<range.upperBound]
    log(maskingCredentials(shown), sentMark, at: now)
  }

  /// RFC 4954: what follows the mechanism in AUTH, and every line after a 334, is a secret.
  private func maskingCredentials(_ octets: [UInt8]) -> [UInt8] {
    if lastReplyCode == 334, octets != Array("*\r\n".utf8) {
      return Array("\(SecretMask.replacement)\r\n".utf8)
    }
    let words = octets.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: true)
    guard words.count == 3, Array(words[0]).elementsEqualIgnoringCase("AUTH") else { return octets }
    return Array(words[0]) + [0x20] + Array(words[1])
      + Array(" \(SecretMask.replacement)\r\n".utf8)
  }

  /// Enters the first portions of a message or of shaped octets; the rest is summed up.
  mutating func logPortion(_ range: Range<Int>, at now: Instant, _ out: DialogueOutput) {
    guard keeps, let portions = writer?.portions else { return }
    if portions <= Dialogue.loggedPortions {
      log(out.octets[range], sentMark, at: now, atMost: 1024)
    } else {
      record.unloggedOctets += range.count
    }
  }

  /// Enters what the portions that were not entered come to.
  mutating func logWritten(at now: Instant) {
    guard keeps, let writer, record.unloggedOctets > 0 else { return }
    let writes = writer.portions - Dialogue.loggedPortions
    let octets = record.unloggedOctets
    note("\(octets) more octets in \(writes) writes", at: now)
    record.unloggedOctets = 0
  }

  /// Portions of one write that are entered one by one.
  static let loggedPortions = 100
}

extension [UInt8] {
  fileprivate func elementsEqualIgnoringCase(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { letters in
      letters.count == count && zip(self, letters).allSatisfy { $0 & 0xDF == $1 & 0xDF }
    }
  }
}
