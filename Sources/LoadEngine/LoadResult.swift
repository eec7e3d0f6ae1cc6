// SPDX-License-Identifier: Apache-2.0
//
// The record of a load from its books. A pure function.

import DialogueEngine
import RunRecord
import ScenarioLanguage

extension LoadRecord {
  /// What a load came to, or has come to so far.
  ///
  /// - Parameters:
  ///   - peak: The most connections that were open at once.
  ///   - endedEarly: Why it ended before its time, where it did.
  init(of load: Load, books: LoadBooks, begin: Instant, peak: Int, endedEarly: String?) {
    let tally = books.total
    var messages = tally.messages
    if let planned = load.planned, !load.isConnectOnly {
      messages.notStarted = max(0, planned - messages.attempted)
    }
    var connections = tally.connections
    connections.peak = peak
    let measured = tally.lastEnd.map { max(0, Double($0 - begin) / 1e9) } ?? 0
    var stages = tally.replies.byStage
    for (stage, count) in tally.lostStages { stages[stage, default: [:]]["lost"] = count }
    self.init(
      model: load.schedule == nil ? "closed" : "open", sessions: load.sessions,
      workers: load.workers, perConnection: load.perConnection.text, measured: measured,
      messages: messages, connections: connections,
      throughput: measured > 0 ? Double(messages.accepted) / measured : 0,
      connectionRate: measured > 0 ? Double(connections.opened) / measured : 0,
      latency: tally.latency.records(), replies: tally.replies.byCode, stages: stages,
      samples: tally.samples,
      cpuPerMessage: messages.accepted > 0
        ? Double(tally.cpu) / 1000 / Double(messages.accepted) : 0,
      cpuShare: tally.cpuRead.map { Double(tally.cpu) / Double(max(1, $0 - begin)) } ?? 0,
      octets: tally.octets)
    timeline = books.timeline
    positions = tally.positions.records
    fullHandshake = tally.fullHandshakes.record
    resumedHandshake = tally.resumedHandshakes.record
    endings = tally.endings.records
    if load.after421 != .reopen {
      reopening = ReopenRecord(
        policy: load.after421.text, pauses: tally.pauses, paused: Double(tally.paused) / 1e9,
        stopped: tally.stopped)
    }
    self.endedEarly = endedEarly
    if let schedule = load.schedule {
      arrivals = ArrivalRecord(of: schedule, tally: tally, begin: begin)
      service = tally.service.record
      lateness = tally.lateness.record
    }
    findings = LoadFindings.of(self, tally: tally, begin: begin)
  }
}

extension ArrivalRecord {
  init(of schedule: ArrivalSchedule, tally: LoadTally, begin: Instant) {
    let seconds = Double(schedule.length) / 1e9
    let untilLast = tally.lastStart.map { Double($0 - begin) / 1e9 } ?? 0
    self.init(
      plan: schedule.description, planned: schedule.count,
      asked: seconds > 0 ? Double(schedule.count) / seconds : 0,
      achieved: seconds > 0 ? Double(tally.started) / max(seconds, untilLast) : 0,
      waited: tally.waited, late: tally.lateness.count(above: LoadValidity.late))
  }
}
