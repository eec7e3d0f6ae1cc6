// SPDX-License-Identifier: Apache-2.0
//
// Randomness that can be had again: the same seed, the same run, message for message.

/// A small generator for content, sizes and order; never for anything secret.
///
/// The algorithm is SplitMix64 (Steele, Lea and Flood 2014), whose outputs for neighbouring seeds
/// have nothing in common.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A generator for one of many places that share a seed, whatever order they are visited in.
  package init(seed: UInt64, _ places: UInt64...) {
    state = seed
    for place in places { state = next() ^ place }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
