// SPDX-License-Identifier: Apache-2.0
//
// What the fuzz targets share: the input taken apart, the ways to cut it, and a loud end.

import SMTPWire

/// One input of the fuzzer: two octets that choose, and the octets to read.
package struct FuzzInput {
  /// Bits to choose options by.
  package let choice: UInt16
  package let octets: [UInt8]

  package init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    let all = Array(UnsafeBufferPointer(start: start, count: count))
    choice = all.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
    octets = Array(all.dropFirst(2))
  }

  /// The octets whole, one by one, and in pieces whose sizes the choice decides.
  package var cuts: [[ArraySlice<UInt8>]] {
    var pieces: [ArraySlice<UInt8>] = []
    var size = Int(choice & 7)
    var start = 0
    while start < octets.count {
      size = (size * 5 + 3) % 17
      let end = min(start + size + 1, octets.count)
      pieces.append(octets[start..<end])
      start = end
    }
    return [[octets[...]], octets.indices.map { octets[$0...$0] }, pieces]
  }
}

/// Ends the process where something that must hold does not.
package func require(_ holds: Bool, _ message: @autoclosure () -> String) {
  if !holds { fatalError(message()) }
}

/// What comes out of a reader, which must not depend on the cuts.
package func same<Outcome: Equatable>(
  _ input: FuzzInput, read: ([ArraySlice<UInt8>]) -> Outcome
) -> Outcome {
  let outcomes = input.cuts.map(read)
  for outcome in outcomes.dropFirst() {
    require(
      outcome == outcomes[0],
      "cuts make a difference: \(WireText.escaped(input.octets)): \(outcomes[0]), \(outcome)")
  }
  return outcomes[0]
}
