// SPDX-License-Identifier: Apache-2.0
//
// The fault matrix: a check that has never seen a broken server is unproven. The honest relay passes
// every check; each fault fails the checks that declare it and no others; and nothing is left out.

import Conformance
import Glibc
import NIOCore
import NIOPosix
import ReferenceRelay
import RunRecord
import ScenarioLanguage
import Testing

@Suite(.timeLimit(.minutes(10))) struct FaultMatrixTests {
  /// Checks that no fault of the relay can fail, with the reason.
  private static let withoutFault = [
    "rfc8314/3.4-closing/notice-is-not-needed":
      "shows that the target survives; there is no rule behind it to be broken"
  ]

  /// Checks that do not pass the honest relay at all, with the reason.
  private static let honestExceptions = [
    "rfc3207/4-starttls/not-offered": "the relay offers STARTTLS where it has it",
    "rfc3207/4.2-state/forgets-the-login": "the relay takes no login before TLS",
    "rfc4954/4-auth/equals-sign-is-empty": "EXTERNAL needs a certificate of the client's",
    "rfc5321/3.1-greeting/refusal-waits-for-quit": "the relay does not greet with a refusal",
  ]

  /// `FAULT_MATRIX=full` plays every check in every role and at every gate with every fault.
  private static let isFull = getenv("FAULT_MATRIX").map { String(cString: $0) } == "full"

  private static let matrix = Task {
    try await FaultMatrix(FaultMatrix.checks(), playsEverywhere: isFull)
  }

  /// Parts of the catalogue, so that a run shows how far it is.
  private static let slices = 8
  /// Faults that are played at the same time in memory, where each keeps a processor busy.
  private static let width = 8
  /// The same over sockets, where most of the time is spent waiting for a silence to end.
  private static let socketWidth = 32

  private static func faults(of slice: Int) -> [any RelayFault.Type] {
    RelayFaultCatalogue.all.enumerated().filter { $0.offset % slices == slice }.map(\.element)
  }

  @Test("The honest relay passes every check, in every role and at every gate")
  func honest() async throws {
    let matrix = try await Self.matrix.value
    let records = try await matrix.playHonestly()
    #expect(records.count { $0.verdict == "pass" } > 700)
    for record in records where !["pass", "info", "skipped"].contains(record.verdict) {
      #expect(Self.honestExceptions[record.id] != nil, "\(evidence(of: record))")
    }
    let judged = Set(records.filter { ["pass", "info"].contains($0.verdict) }.map(\.id))
    let able = matrix.scenarios.map(\.id).filter { !matrix.forSockets.contains($0) }
    for id in able where !judged.contains(id) && Self.honestExceptions[id] == nil {
      Issue.record("\(id) says nothing of the honest relay")
    }
  }

  @Test(
    "Each fault fails the checks that declare it and no others", arguments: 0..<Self.slices)
  func inMemory(slice: Int) async throws {
    let matrix = try await Self.matrix.value
    try await each(of: Self.faults(of: slice)) { fault in
      let records = await matrix.play(fault)
      Self.hold(records, against: fault, in: matrix)
    }
  }

  @Test("The honest relay passes every check that needs a sink, in every role and at every gate")
  func honestWithSink() async throws {
    let scenarios = try FaultMatrix.checks().filter(\.needs.sink)
    let records = try await FaultMatrix.playSinkHonestly(
      scenarios, on: MultiThreadedEventLoopGroup.singleton)
    for record in records {
      #expect(["pass", "info"].contains(record.verdict), "\(evidence(of: record))")
    }
    let judged = Set(records.filter { $0.verdict == "pass" }.map(\.id))
    for scenario in scenarios { #expect(judged.contains(scenario.id), "\(scenario.id)") }
  }

  @Test(
    "Each fault is found over sockets too, and one of TLS or of forwarding fails no other check of that kind"
  )
  func overSockets() async throws {
    let matrix = try await Self.matrix.value
    let group = MultiThreadedEventLoopGroup.singleton
    try await each(of: RelayFaultCatalogue.all, atOnce: Self.socketWidth) { fault in
      let finders = matrix.scenarios.filter { $0.faults.contains(fault.name) }
      let adjustsTLS = fault.adjustsTLS
      let needsSink = finders.contains(where: \.needs.sink)
      let others = matrix.scenarios.filter { scenario in
        !scenario.faults.contains(fault.name)
          && (adjustsTLS && matrix.aboutTLS.contains(scenario.id)
            || needsSink && scenario.needs.sink)
      }
      guard !finders.isEmpty else { return }
      let records = try await FaultMatrix.playOverSockets(
        finders, others: others, with: fault, on: group)
      Self.holdFound(records, by: finders, against: fault)
      if adjustsTLS || needsSink {
        Self.holdOthers(records, finders: finders, against: fault, in: matrix)
      }
    }
  }

  @Test("No check is without a fault, no fault without a check, and each breaks what it says")
  func holes() throws {
    let scenarios = try FaultMatrix.checks()
    let register = try FaultMatrix.register()
    let known = Set(RelayFaultCatalogue.all.map { $0.name })
    for scenario in scenarios {
      #expect(
        !scenario.faults.isEmpty || Self.withoutFault[scenario.id] != nil,
        "\(scenario.id) declares no fault that makes it fail")
      for name in scenario.faults {
        #expect(known.contains(name), "\(scenario.id): no fault is called \(name)")
      }
    }
    let ids = Set(scenarios.map(\.id))
    let invariants = Set(Invariant.allCases.map(\.id))
    for fault in RelayFaultCatalogue.all {
      let finders = scenarios.filter { $0.faults.contains(fault.name) }
      let broken = Invariant.allCases.filter { !$0.requirements.isDisjoint(with: fault.breaks) }
      #expect(
        !finders.isEmpty || !broken.isEmpty, "\(fault.name): no check declares that it finds it")
      let proven = Set(finders.flatMap(\.proves) + broken.flatMap(\.requirements))
      #expect(!fault.breaks.isEmpty, "\(fault.name) breaks nothing")
      for id in fault.breaks {
        #expect(register[id] != nil, "\(fault.name) breaks \(id), which is not in the register")
        if !proven.contains(id) {
          Issue.record("\(fault.name) breaks \(id), which no check that finds it proves")
        }
      }
      for key in fault.alsoTrips.keys where key.contains("/") {
        #expect(
          ids.contains(key) || invariants.contains(key) || key.hasPrefix("door/"),
          "\(fault.name) trips \(key), and there is no such check")
      }
    }
    for id in Self.withoutFault.keys { #expect(ids.contains(id), "there is no check \(id)") }
  }
}

// MARK: - Judging

extension FaultMatrixTests {
  /// Runs the body for all faults, a few at a time.
  private func each(
    of faults: [any RelayFault.Type], atOnce width: Int = width,
    _ body: @escaping @Sendable (any RelayFault.Type) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for (place, fault) in faults.enumerated() {
        if place >= width { try await tasks.next() }
        tasks.addTask { try await body(fault) }
      }
      try await tasks.waitForAll()
    }
  }

  /// The checks that declare the fault have failed, and nothing else has.
  private static func hold(
    _ records: [CheckRecord], against fault: any RelayFault.Type, in matrix: FaultMatrix
  ) {
    let finders = matrix.scenarios.filter {
      !matrix.forSockets.contains($0.id) && $0.faults.contains(fault.name)
    }
    // What a fault does to TLS does not show in memory.
    if fault.adjustsTLS { return }
    holdFound(records, by: finders, against: fault)
    holdOthers(records, finders: finders, against: fault, in: matrix)
  }

  /// Nothing has failed but the finders and what the fault says it trips, and that has.
  private static func holdOthers(
    _ records: [CheckRecord], finders: [Scenario], against fault: any RelayFault.Type,
    in matrix: FaultMatrix
  ) {
    let declared = Set(finders.map(\.id))
    // A search looks for whatever is wrong; that it finds more than it names is its job.
    let searches = Set(matrix.scenarios.filter(\.isSearch).map(\.id))
    var used: Set<String> = []
    for record in records where ["fail", "warn", "error"].contains(record.verdict) {
      if record.verdict != "error" {
        if declared.contains(record.id) || searches.contains(record.id) { continue }
        let keys = matrix.commands[record.id, default: []].union([record.id])
          .intersection(fault.alsoTrips.keys)
        used.formUnion(keys)
        if !keys.isEmpty { continue }
        // An invariant is no file that could declare anything; what it stands for says enough.
        let isInvariant = record.id.hasPrefix("invariants/")
        if isInvariant, !record.requirements.isDisjoint(with: fault.breaks) { continue }
      }
      Issue.record("\(fault.name) trips a check that does not declare it\n\(evidence(of: record))")
    }
    for key in fault.alsoTrips.keys where !used.contains(key) {
      Issue.record("\(fault.name) is said to trip \(key), and does not")
    }
  }

  /// Each check has failed, or warned where its file says so, in one role and at one gate at least; a
  /// fact that was measured is enough where no MUST is broken.
  private static func holdFound(
    _ records: [CheckRecord], by finders: [Scenario], against fault: any RelayFault.Type
  ) {
    for finder in finders {
      let found = records.filter { $0.id == finder.id }
      if found.contains(where: { $0.verdict == "fail" || $0.verdict == "warn" }) { continue }
      if found.contains(where: { $0.verdict == "info" }), isMild(fault) { continue }
      Issue.record(
        """
        \(fault.name) is not found by \(finder.id)
        \(found.map(evidence(of:)).joined(separator: "\n"))
        """)
    }
  }

  private static let register = Result { try FaultMatrix.register() }

  /// Whether none of what the fault breaks is a MUST.
  private static func isMild(_ fault: any RelayFault.Type) -> Bool {
    guard let register = try? register.get() else { return false }
    return fault.breaks.allSatisfy { register[$0]?.level.isAbsolute == false }
  }
}

/// What a reader needs to see why a check came to its verdict.
private func evidence(of record: CheckRecord) -> String {
  let place = [record.role, record.gate].compactMap { $0 }.joined(separator: ", ")
  let facts = [
    ("expected", record.expected), ("actual", record.actual), ("reason", record.reason),
  ].compactMap { name, text in text.map { "    \(name): \($0)" } }
  let lines = record.transcriptLines.suffix(8).map { "    \($0)" }
  return (["  \(record.id) (\(place)): \(record.verdict)"] + facts + lines)
    .joined(separator: "\n")
}

extension [String] {
  fileprivate func isDisjoint(with others: [String]) -> Bool { Set(self).isDisjoint(with: others) }
}
