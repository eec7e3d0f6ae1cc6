// SPDX-License-Identifier: Apache-2.0
//
// The reader of message content: whole against cut for every rule, and against the stuffing code, which
// was written apart.

import FuzzSupport
import MailContent
import SMTPWire

private struct Content: Equatable {
  var octets: [UInt8] = []
  var rest: [UInt8] = []
  var isAtEnd = false
  var observations: ContentObservations = []

  init(_ pieces: [ArraySlice<UInt8>], rule: EndOfDataRule) {
    var reader = DataReader(rule: rule)
    for piece in pieces {
      let used = Array(piece).withUnsafeBytes { bytes in reader.read(bytes) { octets += $0 } }
      rest += piece.dropFirst(used)
    }
    isAtEnd = reader.isAtEnd
    observations = reader.observations
    require(reader.size == octets.count, "another size")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = FuzzInput(start, count)
  let rule = EndOfDataRule(rawValue: UInt32(input.choice >> 2))
  let loose = same(input) { Content($0, rule: rule) }
  let strict = same(input) { Content($0, rule: .strict) }
  require(loose.isAtEnd || !strict.isAtEnd, "a looser rule misses the legal end")

  // Any content, stuffed and ended, is read back, and nothing behind its end is touched.
  var stuffer = DotStuffer()
  var stuffed: [UInt8] = []
  stuffer.stuff(input.octets, into: &stuffed)
  let needsEnd = !stuffer.isAtLineStart
  stuffer.finish(into: &stuffed)
  let back = Content([(stuffed + Array("QUIT\r\n".utf8))[...]], rule: .strict)
  require(back.isAtEnd, "no end")
  require(back.octets == input.octets + (needsEnd ? [13, 10] : []), "content changed")
  require(back.rest == Array("QUIT\r\n".utf8), "octets behind the end changed")
  return 0
}
