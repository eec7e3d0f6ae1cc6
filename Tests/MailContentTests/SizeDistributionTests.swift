// SPDX-License-Identifier: Apache-2.0
//
// Seeds decide sizes and content, and nothing else does.

import MailContent
import Testing

@Suite struct SizeDistributionTests {
  @Test("The same seed gives the same messages, another seed others")
  func seeded() throws {
    let spec = MessageSpec(size: .uniform(500, 5_000))
    let first = try factory(spec, seed: 1)
    let second = try factory(spec, seed: 1)
    let other = try factory(spec, seed: 2)
    var differing = 0
    for number in (1...50).reversed() {
      let one = octets(of: first.message(session: 2, number: number).rawCursor())
      #expect(one == octets(of: second.message(session: 2, number: number).rawCursor()))
      if one != octets(of: other.message(session: 2, number: number).rawCursor()) { differing += 1 }
    }
    #expect(differing == 50)
  }

  @Test("Messages of equal number in different sessions differ")
  func sessions() throws {
    let factory = try factory(MessageSpec(size: .fixed(1_000)))
    let one = octets(of: factory.message(session: 1, number: 9).rawCursor())
    #expect(one != octets(of: factory.message(session: 2, number: 9).rawCursor()))
  }

  @Test("Uniform sizes stay in their range, reach both ends and spread evenly")
  func uniform() throws {
    let factory = try factory(MessageSpec(size: .uniform(1_000, 101_000)))
    let sizes = (1...20_000).map { factory.message(session: $0 % 7, number: $0).size }
    #expect(sizes.min() == 1_000)
    #expect(sizes.max() == 101_000)
    #expect(Set(sizes).count > 900)
    for quarter in 0..<4 {
      let part = (1_000 + quarter * 25_000)..<(1_000 + (quarter + 1) * 25_000)
      let share = sizes.count { part.contains($0) }
      #expect((4_600...5_400).contains(share), "\(quarter): \(share)")
    }
  }

  @Test("A narrow range has every size, with digests for each")
  func narrow() throws {
    let factory = try factory(MessageSpec(size: .uniform(600, 609)))
    let messages = (1...500).map { factory.message(session: 1, number: $0) }
    #expect(Set(messages.map(\.size)) == Set(600...609))
    #expect(
      messages.prefix(50).allSatisfy {
        reading(of: octets(of: $0.rawCursor())).verdict == .intact
      })
  }

  @Test("Weighted sizes come as often as their weights say")
  func weighted() throws {
    let spec = MessageSpec(
      size: .weighted([
        .init(size: 2_048, weight: 70), .init(size: 20_480, weight: 25),
        .init(size: 1 << 20, weight: 5),
      ]))
    let factory = try factory(spec)
    let sizes = (1...10_000).map { factory.message(session: 1, number: $0).size }
    #expect((6_700...7_300).contains(sizes.count { $0 == 2_048 }))
    #expect((2_300...2_700).contains(sizes.count { $0 == 20_480 }))
    #expect((400...600).contains(sizes.count { $0 == 1 << 20 }))
  }

  @Test("SplitMix64 gives the numbers of its authors")
  func splitMix() {
    var random = SeededRandom(seed: 1_234_567)
    #expect(
      [random.next(), random.next(), random.next()] == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }
}
