// SPDX-License-Identifier: Apache-2.0
//
// Manners of playing a dialogue, and searches: what a script may ask for, and what it is compiled to.

import ScenarioLanguage
import Testing

struct MannerTests {
  private static let group = """
    { "pipeline": [ { "send": "MAIL FROM:<a@b.test>", "expect": "reply" },
      { "send": "RCPT TO:<c@d.test>", "expect": "reply", "times": 3 },
      { "send": "DATA", "expect": "reply" } ], "within": "5s" }
    """

  private func program(_ manners: String, isPutOff: Bool = false) throws -> Program {
    let scenario = try dialogue(
      "\(Self.group), { \"message\": {}, \"when-asked\": true }",
      head: "\"same-replies\": [\(manners)],")
    var profile = TargetProfile.example(.relay)
    profile.tls.mode = .none
    profile.tls.isPutOff = isPutOff
    return try scenario.compiled(for: profile)
  }

  @Test("Command by command a group is as many groups, and needs no PIPELINING")
  func lockStep() throws {
    let runs = try program(#""lock-step", "one-write""#).runs
    #expect(runs.map(\.values.first?.value) == ["lock-step", "one-write"])
    let sizes = runs.map { run in
      run.sessions[0].instructions.compactMap { instruction -> Int? in
        guard case .group(let members, _) = instruction.action else { return nil }
        #expect(instruction.within == .fixed(.seconds(5)))
        return members.count
      }
    }
    #expect(sizes == [[1, 1, 1, 1, 1], [5]])
    #expect(runs.map(\.sessions[0].needsExtensions) == [[], ["PIPELINING"]])
  }

  @Test("Manners cut as they say")
  func cuts() throws {
    let manners = #""lock-step", "octet-by-octet", "every-octet", "inside-line-ends""#
    let cuts = try program(manners).runs.map { run in
      run.sessions[0].instructions.compactMap { instruction -> Cut? in
        guard case .group(_, let cut) = instruction.action else { return nil }
        return cut
      }.first
    }
    #expect(cuts == [.whole, .everyOctet, .everyOctet, .insideLineEnds])
  }

  @Test("Over TLS is played only where TLS was put off, and only if STARTTLS is offered")
  func overTLS() throws {
    let manners = #""lock-step", "over-tls""#
    #expect(try program(manners).runs.count == 1)
    let runs = try program(manners, isPutOff: true).runs
    #expect(runs.count == 2)
    let actions = runs[1].sessions[0].instructions.map(\.action)
    let start = try #require(
      actions.firstIndex { action in
        if case .startTLS = action { true } else { false }
      })
    guard case .requireExtensions(["STARTTLS"]) = actions[start - 1] else {
      Issue.record("nothing asks whether STARTTLS is offered")
      return
    }
  }

  @Test(
    "What goes wrong with manners and searches is told",
    arguments: [
      (#""same-replies": ["lock-step"], "dialogue": [GROUP]"#, "at least two manners"),
      (
        #""same-replies": ["lock-step", "lock-step"], "dialogue": [GROUP]"#,
        "at least two manners"
      ),
      (
        #""same-replies": ["lock-step", "one-write"], "dialogue": [{ "send": "NOOP" }]"#,
        "needs a \"pipeline\""
      ),
      (
        #""same-replies": ["lock-step", "one-rite"], "dialogue": [GROUP]"#,
        "did you mean \"one-write\"?"
      ),
      (
        #""search": { "for": "order", "sequences": 5, "commands": 8 }, "dialogue": []"#,
        "\"dialogue\" does not go with it"
      ),
      (#""search": { "for": "oder", "sequences": 5, "commands": 8 }"#, "did you mean \"order\"?"),
      (#""search": { "for": "order", "sequences": 501, "commands": 8 }"#, "from 1 to 500"),
      (#""search": { "for": "order", "sequences": 5, "commands": 3 }"#, "from 7 to 20"),
    ])
  func mistakes(text: String, words: String) {
    let found = problems(
      "{ \"title\": \"T\", \(text.replacing("GROUP", with: Self.group)) }")
    #expect(found.contains { $0.contains(words) }, "\(found)")
  }

  @Test("A search needs sender and recipient, and is told from other checks")
  func search() throws {
    let scenario = try decode(
      #"{ "title": "T", "search": { "for": "order", "sequences": 60, "commands": 8 } }"#)
    #expect(scenario.isSearch)
    #expect(scenario.search == Search(subject: .order, sequences: 60, commands: 8))
    var profile = TargetProfile.example(.relay)
    #expect(scenario.unmetNeeds(of: profile).isEmpty)
    profile.addresses[.recipient] = nil
    #expect(!scenario.unmetNeeds(of: profile).isEmpty)
    #expect(!(try dialogue(#"{ "send": "NOOP" }"#).isSearch))
  }
}
