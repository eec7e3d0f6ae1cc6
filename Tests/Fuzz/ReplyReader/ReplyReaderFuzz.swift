// SPDX-License-Identifier: Apache-2.0
//
// The reply reader: whole against cut, nothing lost, replies that know the reader's lines.

import FuzzSupport
import SMTPWire

private struct Heard: Equatable {
  var replies: [Reply] = []
  var lineCounts: [Int] = []
  var enhanced: [EnhancedCode?] = []
  var fault: ReplyFault?
  var unread: [UInt8] = []

  init(_ pieces: [ArraySlice<UInt8>], limits: ReplyLimits, flushes: Bool) {
    var reader = ReplyReader(limits: limits)
    for piece in pieces {
      reader.append(Array(piece))
      take(from: &reader)
    }
    if flushes {
      reader.flushLenient()
      take(from: &reader)
    }
    if fault == nil { unread = reader.unreadOctets }
  }

  private mutating func take(from reader: inout ReplyReader) {
    do {
      while let summary = try reader.next() {
        replies.append(reader.reply(summary))
        lineCounts.append(summary.lineCount)
        enhanced.append(reader.enhancedCode(summary))
      }
    } catch {
      fault = error
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = FuzzInput(start, count)
  let small = ReplyLimits(line: 40, reply: 100, lines: 5)
  let limits = input.choice & 8 == 0 ? ReplyLimits.standard : small
  let heard = same(input) { Heard($0, limits: limits, flushes: input.choice & 16 != 0) }
  let read = heard.replies.flatMap(\.octets)
  if heard.fault == nil {
    require(read + heard.unread == input.octets, "octets are lost")
  } else {
    require(input.octets.starts(with: read), "octets are invented")
  }
  for (index, reply) in heard.replies.enumerated() {
    let lines = reply.lines
    require(lines.count == heard.lineCounts[index], "other lines: \(reply)")
    require(lines.last?.code ?? 0 == reply.code, "another code: \(reply)")
    require(reply.enhancedCode == heard.enhanced[index], "another enhanced code: \(reply)")
    let offered = Capabilities(helloReply: reply)
    require(offered.authMechanisms.allSatisfy { !$0.hasPrefix("=") }, "an odd name: \(reply)")
  }
  return 0
}
