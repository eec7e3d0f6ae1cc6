// SPDX-License-Identifier: Apache-2.0
//
// Wrong files are answered, never trapped over: seeded edits of right ones, in their text and in
// their structure.

import JSONText
import MailContent
import ScenarioLanguage
import Testing

struct MutationTests {
  @Test("A file with random octets changed is read or refused with a place", arguments: 1...6)
  func octets(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<250 {
      let file = try #require(Tree.scenarioFiles.randomElement(using: &random))
      var text = try WholeFile.read(Tree.scenarios + "/" + file, limit: 1 << 20)
      for _ in 0..<Int.random(in: 1...4, using: &random) { change(&text, using: &random) }
      guard let value = try? JSONReader.read(octets: text, file: file) else { continue }
      tryOut(value, file, seed)
    }
  }

  @Test("A file with values exchanged is read or refused with a place", arguments: 1...6)
  func values(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &* 7919)
    for _ in 0..<250 {
      let file = try #require(Tree.scenarioFiles.randomElement(using: &random))
      let other = try #require(Tree.scenarioFiles.randomElement(using: &random))
      let donor = parts(of: try Tree.json(other)) + Self.odd
      let value = exchanged(try Tree.json(file), from: donor, using: &random)
      tryOut(value, file, seed)
    }
  }

  /// Values that sit at the edges of what readers expect.
  private static let odd: [JSONValue] = [
    .null, true, 0, -1, 9_223_372_036_854_775_807, 1.5, 1e300, "", "${", "${}", "${fill:9999999}",
    "${fill:9:}", "${random:0}", "${source.0}", "\\", "\\x", "\\xzz", "\u{0}", "..", "1..",
    "1..2 step",
    "x median, at least ", "0x median, at least 0s", "99999999999999999999s", "1..99999999", "🙂",
    "(",
    "[", "(?", "a{9999999999}", "\\k<x>", [], [[]], .array([.null]), .object([]),
    .object([(key: "", value: .null)]),
  ]

  private func tryOut(_ value: JSONValue, _ file: String, _ seed: Int) {
    do {
      let scenario = try Scenario.decode(value, file: Tree.scenarios + "/" + file)
      for role in Role.allCases {
        let target = TargetProfile.example(role)
        _ = scenario.unmetNeeds(of: target, environment: { _ in nil })
        _ = try? scenario.compiled(for: target)
      }
    } catch {
      #expect(!error.problems.isEmpty, "seed \(seed)")
      for problem in error.problems {
        #expect(!problem.message.isEmpty, "seed \(seed)")
        let isClean = problem.description.unicodeScalars.allSatisfy { $0.value >= 0x20 }
        #expect(isClean, "seed \(seed): \(problem.description.debugDescription)")
      }
    }
  }

  private func change(_ text: inout [UInt8], using random: inout SeededRandom) {
    guard !text.isEmpty else { return }
    let place = Int.random(in: 0..<text.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: text.remove(at: place)
    case 1: text[place] = UInt8.random(in: 0x20...0x7E, using: &random)
    case 2: text.insert(UInt8.random(in: 0...0xFF, using: &random), at: place)
    case 3: text.insert(contentsOf: text[place...].prefix(12), at: place)
    default: text.removeSubrange(place..<min(text.count, place + 6))
    }
  }

  private func parts(of value: JSONValue) -> [JSONValue] {
    [value] + (value.members?.map(\.value) ?? value.elements ?? []).flatMap(parts)
  }

  /// The value with, here and there, a part from elsewhere in place of its own.
  private func exchanged(
    _ value: JSONValue, from donor: [JSONValue], using random: inout SeededRandom
  ) -> JSONValue {
    if Int.random(in: 0..<25, using: &random) == 0, let part = donor.randomElement(using: &random) {
      return part
    }
    switch value.content {
    case .array(let elements):
      let children = elements.map { exchanged($0, from: donor, using: &random) }
      return JSONValue(.array(children), position: value.position)
    case .object(let members):
      let children = members.map { member in
        JSONValue.Member(
          key: member.key, keyPosition: member.keyPosition,
          value: exchanged(member.value, from: donor, using: &random))
      }
      return JSONValue(.object(children), position: value.position)
    case .null, .bool, .integer, .real, .string: return value
    }
  }
}
