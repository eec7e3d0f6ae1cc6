// SPDX-License-Identifier: Apache-2.0
//
// Requirements, faults and explanations on the command line, from the real files.

import RunRecord
import Testing

@testable import relaymark

@Suite struct ListCommandTests {
  @Test("Coverage counts every RFC of the register, and no file contradicts another")
  func coverage() async throws {
    let result = await relaymark(["list", "--coverage"])
    #expect(result.exit == .passed && result.errors.isEmpty, "\(result)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("RFC ") ?? false)
    #expect(lines.contains { $0.hasPrefix("5321 ") })
    let sum = try #require(lines.last).split(separator: " ").compactMap { Int($0) }
    let rows = lines.dropFirst().dropLast().map { $0.split(separator: " ").compactMap { Int($0) } }
    #expect(sum.prefix(4) == (1...4).map { column in rows.map { $0[column] }.reduce(0, +) }[...])
  }

  @Test("A filter names requirements with what proves them, or why nothing does")
  func filtered() async {
    let result = await relaymark(["list", "--coverage", "--rfc", "5321", "--section", "3.3"])
    #expect(result.exit == .passed, "\(result)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("5321-3.3-") })
    #expect(lines.contains { $0.contains("proven") && $0.contains("rfc5321/3.3-transaction/") })
    #expect(lines.contains { $0.contains("not observable  The client must send no space") })
    let musts = await relaymark(["list", "--coverage", "--section", "4.1", "--level", "must not"])
    #expect(musts.output.split(separator: "\n").allSatisfy { $0.contains("  MUST NOT  ") })
    #expect(!musts.output.isEmpty)
  }

  @Test("Checks are filtered by section, by level and by their verdict in a record")
  func checks() async throws {
    let bySection = await relaymark(["list", "--section", "4.1.1.5", "--rfc", "5321"])
    #expect(bySection.output.contains("rfc5321/4.1.1.5-rset/forgets-recipients"))
    #expect(!bySection.output.contains("rfc5321/4.1.1.9"))
    let byLevel = await relaymark(["list", "--level", "L0", "rfc5321"])
    #expect(byLevel.output.split(separator: "\n").allSatisfy { $0.contains("  L0  ") })
    try await withFolder { folder in
      let ids = ["rfc5321/4.1.1.5-rset/forgets-recipients", "rfc5321/3.8-quit/says-goodbye"]
      let run = await relaymark(["run", "--report", folder, "--quiet"] + ids)
      #expect(run.exit == .passed, "\(run)")
      let record = try "\(folder)/\(#require(entries(folder).first))/run.json"
      let passed = await relaymark(["list", "--verdict", "pass", "--record", record])
      #expect(passed.output.split(separator: "\n").count == 2, "\(passed)")
      let failed = await relaymark(["list", "--verdict", "fail", "--record", record])
      #expect(failed.exit == .passed && failed.output.isEmpty)
    }
  }

  @Test("Faults are listed with what they break and the checks that find them")
  func faults() async {
    let result = await relaymark(["list", "--faults", "rset"])
    #expect(result.exit == .passed)
    let lines = result.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("rset-") })
    let line = lines.first { $0.hasPrefix("rset-keeps-sender") } ?? ""
    #expect(line.contains("breaks 5321-4.1.1.5-rset-clears"), "\(line)")
    #expect(line.contains("found by rfc5321/4.1.1.5-rset/"), "\(line)")
  }

  @Test(
    "An explanation says what, where, how it is proven and what is right",
    arguments: [
      ("5321-4.1.1.5-rset-clears", ["MUST", "RFC 5321, section 4.1.1.5", "proven by", "right"]),
      ("5321-3.3-space-after-colon", ["not observable  The client must send no space"]),
      ("rfc5321/4.1.1.5-rset/forgets-recipients", ["proves", "finds", "relaymark run "]),
      ("rset-keeps-sender", ["breaks", "found by  rfc5321/", "serve --fault rset-keeps-sender"]),
    ] as [(String, [String])])
  func explanation(id: String, words: [String]) async {
    let result = await relaymark(["explain", id])
    #expect(result.exit == .passed && result.output.hasPrefix("\(id): "), "\(result)")
    for word in words { #expect(result.output.contains(word), "\(word) in \(result.output)") }
  }

  @Test("An unknown id is a usage error that names the nearest")
  func unknown() async {
    let result = await relaymark(["explain", "5321-4.1.1.5-rset-cleras"])
    #expect(result.exit == .usage && result.output.isEmpty)
    #expect(result.errors.contains("did you mean \"5321-4.1.1.5-rset-clears\"?"))
  }

  @Test(
    "Options that do not go together are usage errors",
    arguments: [
      ["--coverage", "--faults"], ["--verdict", "pass"], ["--record", "x"], ["--level", "L7"],
      ["--coverage", "rfc5321"], ["--verdict", "pass", "--record", "/no/such/run.json"],
    ])
  func wrong(options: [String]) async {
    let result = await relaymark(["list"] + options)
    #expect(result.exit == .usage && result.output.isEmpty, "\(result)")
  }
}
