// SPDX-License-Identifier: Apache-2.0
//
// Our client's machine and our server's machine in memory, under a virtual clock: every scenario of
// RFC 5321 that one connection in clear text can play, and the relay's scripted manners.

import DialogueEngine
import JSONText
import ReferenceRelay
import ScenarioLanguage
import Testing

@Suite struct RelayPairTests {
  private static let root =
    String(#filePath.dropLast("Tests/DialogueEngineTests/RelayPairTests.swift".count)) + "Scenarios"

  private static func files(below folder: String) -> [String] {
    Folder.names(in: folder).filter { !$0.hasPrefix(".") }.flatMap { name in
      name.hasSuffix(".json") ? ["\(folder)/\(name)"] : files(below: "\(folder)/\(name)")
    }.sorted()
  }

  private static var profile: TargetProfile {
    var profile = TargetProfile.embedded(port: 25, role: .relay, authority: [])
    profile.tls.mode = .none
    return profile
  }

  /// The verdicts of all runs of a scenario.
  private func verdicts(
    of path: String, relay configuration: RelayConfiguration, dripsBy: Int = 0
  ) throws -> [(verdict: Verdict?, reason: String?)] {
    let scenario = try Scenario.decode(file: path, root: Self.root)
    let profile = Self.profile
    guard scenario.unmetNeeds(of: profile).isEmpty, !scenario.isLoad else { return [] }
    let program = try Compiler.compile(scenario, for: profile, run: "pair")
    var found: [(verdict: Verdict?, reason: String?)] = []
    for run in program.runs where run.sessions.count == 1 {
      let stage = try Stage(run.sessions[0])
      stage.relay = RelayInMemory(configuration)
      stage.dripsBy = dripsBy
      stage.run()
      found.append((stage.record.verdict, stage.record.reason))
    }
    return found
  }

  @Test("What RFC 5321 asks of a relay holds for ours", arguments: [0, 1])
  func rfc5321(dripsBy: Int) throws {
    var played = 0
    for path in Self.files(below: "\(Self.root)/rfc5321") {
      for (verdict, reason) in try verdicts(
        of: path, relay: RelayConfiguration(), dripsBy: dripsBy)
      {
        played += 1
        let isFine = verdict.map { [.pass, .info, .skipped].contains($0) } ?? false
        #expect(isFine, "\(path): \(String(describing: verdict)), \(reason ?? "no reason")")
      }
    }
    #expect(played > 100)
  }

  @Test("A relay that is scripted to refuse is judged by what it said")
  func scripted() throws {
    let path = "\(Self.root)/rfc5321/4.1.1.5-rset/forgets-recipients.json"
    let deferring = RelayConfiguration(rules: [
      RelayRule(at: .mail, .reply(RelayReply(451, "4.7.1", "Later")))
    ])
    #expect(try verdicts(of: path, relay: deferring).map(\.verdict) == [.inconclusive])
    let refusing = RelayConfiguration(rules: [
      RelayRule(at: .rset, .reply(RelayReply(500, "5.5.2", "What?")))
    ])
    #expect(try verdicts(of: path, relay: refusing).map(\.verdict) == [.fail])
    let late = RelayConfiguration(rules: [RelayRule(at: .mail, .delay(.seconds(120)))])
    #expect(try verdicts(of: path, relay: late).map(\.verdict) == [.pass])
    let leaving = RelayConfiguration(rules: [RelayRule(at: .mail, .close)])
    #expect(try verdicts(of: path, relay: leaving).map(\.verdict) == [.inconclusive])
  }

  @Test("A fault of the relay fails the check that names it")
  func fault() throws {
    let path = "\(Self.root)/rfc5321/4.1.1.5-rset/forgets-recipients.json"
    let fault = try #require(RelayFaultCatalogue.fault(named: "rset-keeps-transaction"))
    let broken = RelayConfiguration(faults: [fault.init()])
    #expect(try verdicts(of: path, relay: broken).map(\.verdict) == [.fail])
  }
}
