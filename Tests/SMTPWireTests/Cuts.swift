// SPDX-License-Identifier: Apache-2.0
//
// The drip feeder: hands the same octets to a reader whole, octet by octet and in every two pieces,
// and holds the outcomes against each other. Every test of a reader goes through it.

import SMTPWire
import Testing

/// What has come out of a reader must not depend on how the octets were cut.
enum Cuts {
  /// Reads octets in all cuts.
  ///
  /// - Parameter read: makes a new reader, feeds it the pieces in order, returns what came out.
  /// - Returns: what comes out when all octets come at once.
  static func same<Outcome: Equatable>(
    _ octets: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    read: ([ArraySlice<UInt8>]) -> Outcome
  ) -> Outcome {
    let whole = read([octets[...]])
    let single = read(octets.indices.map { octets[$0...$0] })
    #expect(
      single == whole, "octet by octet: \(WireText.escaped(octets))",
      sourceLocation: sourceLocation)
    for cut in places(in: octets.count) {
      let halves = read([octets[..<cut], octets[cut...]])
      if halves != whole {
        Issue.record(
          "cut at \(cut): \(WireText.escaped(octets)): \(halves), whole: \(whole)",
          sourceLocation: sourceLocation)
      }
    }
    return whole
  }

  /// All places between two octets; for long texts those near the ends and some between.
  private static func places(in count: Int) -> [Int] {
    guard count > 1 else { return [] }
    guard count > 1200 else { return Array(1..<count) }
    return Array(1..<100) + stride(from: 100, to: count - 100, by: count / 97)
      + Array((count - 100)..<count)
  }
}

/// Octets of a text; what is no ASCII in fixtures is written as an array.
func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What a reply reader has given out.
struct Heard: Equatable, CustomStringConvertible {
  struct OneReply: Equatable {
    var reply: Reply
    var lineCount: Int
    var enhanced: EnhancedCode?
  }

  var replies: [OneReply] = []
  var fault: ReplyFault?
  /// What belongs to no reply; not compared after a fault, where it depends on what came along.
  var unread: [UInt8] = []

  var codes: [UInt16] { replies.map(\.reply.code) }
  var observations: [ReplyObservations] { replies.map(\.reply.observations) }
  var description: String {
    "\(replies.map(\.reply)), fault \(fault.map { "\($0)" } ?? "none"), "
      + "unread \(WireText.escaped(unread))"
  }

  /// Feeds pieces to a new reader.
  static func reading(
    _ pieces: [ArraySlice<UInt8>], limits: ReplyLimits = .standard, flushes: Bool = false
  ) -> Heard {
    var reader = ReplyReader(limits: limits)
    var heard = Heard()
    for piece in pieces {
      reader.append(Array(piece))
      heard.take(from: &reader)
    }
    if flushes {
      reader.flushLenient()
      heard.take(from: &reader)
    }
    if heard.fault == nil { heard.unread = reader.unreadOctets }
    return heard
  }

  /// Reads octets in all cuts and returns what comes out.
  static func everywhere(
    _ octets: [UInt8], limits: ReplyLimits = .standard, flushes: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Heard {
    Cuts.same(octets, sourceLocation: sourceLocation) {
      reading($0, limits: limits, flushes: flushes)
    }
  }

  private mutating func take(from reader: inout ReplyReader) {
    do {
      while let summary = try reader.next() {
        let reply = reader.reply(summary)
        #expect(reply.code == summary.code)
        replies.append(
          OneReply(
            reply: reply, lineCount: summary.lineCount, enhanced: reader.enhancedCode(summary)))
      }
    } catch {
      fault = error
    }
  }
}

/// A seeded source of random numbers (SplitMix64), so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
