// SPDX-License-Identifier: Apache-2.0
//
// Many checks against one target, several at a time. Where several in a row were turned away, it stops
// and looks at the door: what comes behind a ban would say nothing of the rules.

import RunRecord
import ScenarioLanguage

/// Runs the entries of a plan.
struct CheckSuite: Sendable {
  let certifier: Certifier
  let gates: [Gatehouse]
  /// For checks that begin before the gates.
  let whole: any SessionCarrier

  /// What the entries came to.
  struct Outcome: Sendable {
    /// In the order of the entries; nil: never begun.
    var results: [CheckResult?]
    /// Why the target could not be judged to the end.
    var shutOut: String?
    /// Whether a check failed that no waiver covers.
    var hasFailed = false
  }

  /// Plays all entries, those that need the target for themselves behind the others.
  func play(_ entries: [CertificationPlan.Entry]) async -> Outcome {
    var outcome = Outcome(results: Array(repeating: nil, count: entries.count))
    var open = Array(entries.indices)
    if let door = gates.first(where: { !$0.door.letsIn })?.door {
      outcome.shutOut = door.reason
      // A server that greets with a refusal can still be asked what it does then.
      open = door.isRefusal ? open.filter { entries[$0].scenario.latestStart == .connected } : []
    }
    let shared = open.filter { !entries[$0].scenario.isExclusive }
    let exclusive = open.filter { entries[$0].scenario.isExclusive }
    let before = outcome.shutOut
    await play(shared, of: entries, at: certifier.pacing.connections, into: &outcome)
    if outcome.shutOut == before { await play(exclusive, of: entries, at: 1, into: &outcome) }
    if outcome.shutOut == nil { await retryDeferred(of: entries, into: &outcome) }
    closeRest(of: entries, in: &outcome)
    return outcome
  }

  private func carrier(for entry: CertificationPlan.Entry) -> any SessionCarrier {
    guard entry.isBehindGate, let house = gates.first(where: { $0.gate == entry.gate }) else {
      return whole
    }
    return house.carrier
  }

  /// What sender or recipient were refused for the time being is tried once more, later.
  private func retryDeferred(
    of entries: [CertificationPlan.Entry], into outcome: inout Outcome
  ) async {
    let deferred = entries.indices.filter { place in
      guard let found = outcome.results[place] else { return false }
      return found.mood == .deferring && found.record.verdict == Verdict.inconclusive.rawValue
    }
    guard let wait = certifier.pacing.greylist.first, !deferred.isEmpty, !Task.isCancelled,
      !(certifier.failsFast && outcome.hasFailed)
    else { return }
    await certifier.pause(wait)
    await play(deferred, of: entries, at: certifier.pacing.connections, into: &outcome)
  }

  /// Gives what was not run the reason for it; where the run was stopped, it stays away.
  private func closeRest(of entries: [CertificationPlan.Entry], in outcome: inout Outcome) {
    for place in entries.indices where outcome.results[place] == nil {
      var record = CheckRecord(of: entries[place].scenario)
      if let reason = outcome.shutOut {
        record.verdict = Verdict.inconclusive.rawValue
        record.reason = "the target turned us away: \(reason)"
      } else if certifier.failsFast, outcome.hasFailed {
        record.verdict = Verdict.skipped.rawValue
        record.reason = "an earlier check failed, and --fail-fast was asked for"
      } else {
        continue
      }
      outcome.results[place] = CheckResult(record: record)
    }
  }
}

// MARK: - The queue

extension CheckSuite {
  /// The places that are still to be played, and how the target takes it.
  private struct Queue {
    var waiting: ArraySlice<Int>
    var limit: Int
    /// Checks that were turned away one after another.
    var row: [Int] = []
    /// Checks that had their second chance.
    var repeated: Set<Int> = []
    var running = 0
    var begun = 0
    let total: Int

    init(_ places: [Int], limit: Int) {
      waiting = places[...]
      total = places.count
      self.limit = limit
    }
  }

  private func play(
    _ places: [Int], of entries: [CertificationPlan.Entry], at limit: Int,
    into outcome: inout Outcome
  ) async {
    var queue = Queue(places, limit: limit)
    let patience = certifier.pacing.patience
    await withTaskGroup(of: (Int, CheckResult).self) { tasks in
      while true {
        let isStopped = Task.isCancelled || (certifier.failsFast && outcome.hasFailed)
        while !isStopped, queue.running < queue.limit, queue.row.count < patience,
          let place = queue.waiting.popFirst()
        {
          await begin(place, of: entries, in: &queue, &tasks)
        }
        if queue.running == 0 {
          guard !isStopped, queue.row.count >= patience else { return }
          guard await reopen(&queue, &outcome) else { return }
          continue
        }
        guard let (place, result) = await tasks.next() else { return }
        queue.running -= 1
        outcome.results[place] = result
        let record = certifier.mark(result.record, gate: entries[place].gate)
        if certifier.waiving.isFailure(record) { outcome.hasFailed = true }
        if result.mood == .turningAway { queue.row.append(place) } else { queue.row = [] }
      }
    }
  }

  private func begin(
    _ place: Int, of entries: [CertificationPlan.Entry], in queue: inout Queue,
    _ tasks: inout TaskGroup<(Int, CheckResult)>
  ) async {
    let entry = entries[place]
    queue.begun += 1
    certifier.progress(min(queue.begun, queue.total), queue.total, entry.scenario.id)
    if queue.begun > 1, certifier.pacing.interval > .zero {
      await certifier.pause(certifier.pacing.interval)
    }
    queue.running += 1
    let runner = CheckRunner(carrier: carrier(for: entry), sink: certifier.sink)
    tasks.addTask { (place, await runner.run(entry.program, of: entry.scenario)) }
  }

  /// Looks whether the target still lets plain sessions in.
  ///
  /// - Returns: false where it does not, however long we wait: then nothing more can be judged.
  private func reopen(_ queue: inout Queue, _ outcome: inout Outcome) async -> Bool {
    // Refused for good from the start: the checks that run know that.
    guard let house = gates.first, house.door.letsIn else {
      queue.row = []
      return true
    }
    var door = await certifier.look(with: house.carrier).door
    if door.letsIn {
      queue.row = []
      return true
    }
    for time in certifier.pacing.pauses where !door.letsIn && !Task.isCancelled {
      await certifier.pause(time)
      door = await certifier.look(with: house.carrier).door
    }
    let row = queue.row
    queue.row = []
    // Behind a shut door even a pass by a closed connection is none.
    let reason = door.reason ?? "it had stopped serving"
    for place in row where door.letsIn == false || !queue.repeated.contains(place) {
      outcome.results[place]?.record.void(because: "the target turned us away: \(reason)")
    }
    guard door.letsIn else {
      outcome.shutOut = reason
      return false
    }
    let again = row.filter { queue.repeated.insert($0).inserted }
    queue.waiting = again + queue.waiting
    queue.limit = 1
    return true
  }
}

extension CheckRecord {
  /// Takes back what was judged while the target let nobody in.
  fileprivate mutating func void(because reason: String) {
    guard verdict != Verdict.skipped.rawValue, verdict != Verdict.error.rawValue else { return }
    verdict = Verdict.inconclusive.rawValue
    self.reason = reason
  }
}

extension Door {
  fileprivate var isRefusal: Bool {
    if case .refusing = self { true } else { false }
  }
}
