// SPDX-License-Identifier: Apache-2.0
//
// The field cases by number: each is a test that carries its number, or stands in the list of those
// that are none, with the reason. And one that is about our own files.

import Foundation
import JSONText
import ScenarioLanguage
import Testing

struct FieldCaseListTests {
  /// The numbers in the names of tests, `"F023: …"` or `"F002, F003: …"`.
  private func tested() throws -> Set<String> {
    let names =
      FileManager.default.enumerator(atPath: Tree.root + "/Tests")?
      .compactMap { $0 as? String } ?? []
    var numbers: Set<String> = []
    for name in names where name.hasSuffix("Tests.swift") {
      let text = try String(contentsOfFile: Tree.root + "/Tests/" + name, encoding: .utf8)
      for match in text.matches(of: #/"(F\d{3}(?:, F\d{3})*): /#) {
        for number in match.1.split(separator: ", ") { numbers.insert(String(number)) }
      }
    }
    return numbers
  }

  private struct List {
    var numbers: [String] = []
    var untested: [String: String] = [:]

    init() throws {
      let value = try JSONReader.read(file: Tree.root + "/Tests/field-cases.json")
      numbers = value["numbers"]?.elements?.compactMap(\.string) ?? []
      for entry in value["untested"]?.elements ?? [] {
        let number = try #require(entry["number"]?.string)
        #expect(entry["case"]?.string?.isEmpty == false, "\(number) does not say what it is")
        #expect(untested[number] == nil, "\(number) stands there twice")
        untested[number] = try #require(entry["reason"]?.string)
      }
    }
  }

  @Test("Every field case is a test, or is listed with the reason why it is none")
  func accounted() throws {
    let list = try List()
    let tested = try tested()
    #expect(list.numbers.count == 100)
    #expect(list.numbers == Set(list.numbers).sorted())
    for number in list.numbers {
      #expect(
        tested.contains(number) != (list.untested[number] != nil),
        "\(number) has to be either a test or on the list")
    }
    let known = Set(list.numbers)
    #expect(tested.isSubset(of: known), "no case has the number \(tested.subtracting(known))")
    #expect(Set(list.untested.keys).isSubset(of: known))
    #expect(list.untested.values.allSatisfy { $0.count > 20 })
  }

  @Test("F123: no probe for smuggling holds a true end of data before its last octets")
  func legalTerminator() throws {
    let end = "\r\n.\r\n"
    var probes = 0
    for file in Tree.scenarioFiles {
      let scenario = try Tree.scenario(file)
      guard scenario.security?.kind.contains("smuggling") == true else { continue }
      for session in try scenario.compiled(for: .example(.relay)).runs.flatMap(\.sessions) {
        for case .write(let template, _) in session.instructions.map(\.action) {
          let text = String(
            decoding: template.pieces.flatMap { piece -> [UInt8] in
              if case .octets(let octets) = piece { octets } else { [0x78] }
            }, as: UTF8.self)
          probes += 1
          #expect(text.utf8.count > 5 && text.hasSuffix(end), "\(file): \(text)")
          #expect(
            !text.unicodeScalars.dropLast(2).map(String.init).joined().contains(end), "\(file)")
        }
      }
    }
    #expect(probes > 5)
  }
}
