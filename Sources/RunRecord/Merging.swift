// SPDX-License-Identifier: Apache-2.0
//
// Several records of load as one: what several generators did to a target at the same time. Counts are
// added, and distributions bucket by bucket, so that nothing is lost.

extension LatencyRecord {
  /// The distribution of all samples of several, exactly as one histogram would have held them.
  ///
  /// Buckets of one layout have equal values; percentiles are read off the union, never averaged.
  package init(merging parts: [LatencyRecord]) {
    let filled = parts.filter { $0.count > 0 }
    var counts: [UInt64: UInt64] = [:]
    for bucket in filled.flatMap(\.buckets) { counts[bucket.value, default: 0] += bucket.count }
    let buckets = counts.sorted { $0.key < $1.key }.map { Bucket(value: $0.key, count: $0.value) }
    let count = filled.reduce(0) { $0 + $1.count }
    let total = filled.reduce(0.0) { $0 + $1.mean * Double($1.count) }
    self.init(
      count: count, min: filled.map(\.min).min() ?? 0, p50: 0, p90: 0, p99: 0, p999: 0,
      max: filled.map(\.max).max() ?? 0,
      mean: count > 0 ? (total / Double(count) * 1000).rounded() / 1000 : 0, buckets: buckets)
    p50 = value(at: 50)
    p90 = value(at: 90)
    p99 = value(at: 99)
    p999 = value(at: 99.9)
  }

  /// The value in microseconds that so many percent of the samples do not exceed: the upper end of
  /// its bucket, but nothing above what was seen.
  package func value(at percentile: Double) -> Double {
    let total = buckets.reduce(UInt64(0)) { $0 + $1.count }
    // One step down before rounding up: 99.9 % of 1,000 are 999, whatever the binary fraction says.
    let wanted = Swift.max(
      1, UInt64((percentile.nextDown * Double(total) / 100).rounded(.up)))
    var seen: UInt64 = 0
    for bucket in buckets {
      seen += bucket.count
      if seen >= wanted { return Swift.min((Double(bucket.value)).rounded() / 1000, max) }
    }
    return max
  }
}

extension RunRecord {
  /// Several records of the same load as one; nil where one of them has no load.
  ///
  /// The time is the longest of them, rates and counts are sums, and the whole is valid only if each
  /// part was. The time lines are added second by second, without their percentiles, which cannot be
  /// had from percentiles.
  package static func merged(_ records: [RunRecord]) -> RunRecord? {
    let loads = records.compactMap(\.load)
    guard var whole = records.first, loads.count == records.count, !loads.isEmpty else {
      return nil
    }
    whole.started = records.map(\.started).min() ?? whole.started
    whole.duration = records.map(\.duration).max() ?? 0
    whole.valid = records.allSatisfy(\.valid)
    whole.invalidReason = records.compactMap(\.invalidReason).first
    whole.interrupted = records.contains(where: \.interrupted)
    whole.checks = records.flatMap(\.checks)
    whole.thresholds = records.flatMap(\.thresholds)
    whole.exit = records.map(\.exit).max() ?? 0
    whole.load = LoadRecord(merging: loads)
    whole.reuse = nil
    return whole
  }
}

extension LoadRecord {
  /// The sum of several loads.
  init(merging loads: [LoadRecord]) {
    self = loads[0]
    sessions = loads.reduce(0) { $0 + $1.sessions }
    workers = loads.reduce(0) { $0 + $1.workers }
    measured = loads.map(\.measured).max() ?? 0
    octets = loads.reduce(0) { $0 + $1.octets }
    throughput = loads.reduce(0) { $0 + $1.throughput }
    connectionRate = loads.reduce(0) { $0 + $1.connectionRate }
    cpuShare = loads.reduce(0) { $0 + $1.cpuShare }
    let accepted = loads.reduce(0) { $0 + $1.messages.accepted }
    let cost = loads.reduce(0.0) { $0 + $1.cpuPerMessage * Double($1.messages.accepted) }
    cpuPerMessage = accepted > 0 ? cost / Double(accepted) : 0
    messages = MessageCounts(adding: loads.map(\.messages))
    connections = ConnectionCounts(adding: loads.map(\.connections))
    let phases = Set(loads.flatMap(\.latency.keys))
    latency = Dictionary(
      uniqueKeysWithValues: phases.map { phase in
        (phase, LatencyRecord(merging: loads.compactMap { $0.latency[phase] }))
      })
    replies = loads.reduce(into: [:]) { $0.merge($1.replies, uniquingKeysWith: +) }
    stages = loads.reduce(into: [:]) { sum, load in
      sum.merge(load.stages) { $0.merging($1, uniquingKeysWith: +) }
    }
    samples = loads.reduce(into: [:]) { sum, load in
      sum.merge(load.samples) { first, _ in first }
    }
    memory = nil
    findings = loads.flatMap(\.findings)
    timeline = TimePoint.added(loads.map(\.timeline))
    positions = PositionRecord.merged(loads.map(\.positions))
    arrivals = ArrivalRecord(merging: loads.compactMap(\.arrivals))
    service = Self.merged(loads.compactMap(\.service))
    lateness = Self.merged(loads.compactMap(\.lateness))
    fullHandshake = Self.merged(loads.compactMap(\.fullHandshake))
    resumedHandshake = Self.merged(loads.compactMap(\.resumedHandshake))
    reopening = ReopenRecord(merging: loads.compactMap(\.reopening))
    endings = EndingRecord.added(loads.flatMap(\.endings))
    endedEarly = loads.compactMap(\.endedEarly).first
  }
}

extension LoadRecord {
  fileprivate static func merged(_ parts: [LatencyRecord]) -> LatencyRecord? {
    parts.isEmpty ? nil : LatencyRecord(merging: parts)
  }
}

extension ArrivalRecord {
  /// The sum of several plans that ran side by side; nil where there are none.
  init?(merging parts: [ArrivalRecord]) {
    guard let first = parts.first else { return nil }
    let plans = Set(parts.map(\.plan))
    self.init(
      plan: plans.count == 1
        ? "\(parts.count) × \(first.plan)" : plans.sorted().joined(separator: "; "),
      planned: parts.reduce(0) { $0 + $1.planned }, asked: parts.reduce(0) { $0 + $1.asked },
      achieved: parts.reduce(0) { $0 + $1.achieved }, waited: parts.reduce(0) { $0 + $1.waited },
      late: parts.reduce(0) { $0 + $1.late })
  }
}

extension ReopenRecord {
  /// The sum of several; nil where there are none.
  init?(merging parts: [ReopenRecord]) {
    guard let first = parts.first else { return nil }
    let policies = Set(parts.map(\.policy))
    self.init(
      policy: policies.count == 1 ? first.policy : policies.sorted().joined(separator: "; "),
      pauses: parts.reduce(0) { $0 + $1.pauses }, paused: parts.reduce(0) { $0 + $1.paused },
      stopped: parts.reduce(0) { $0 + $1.stopped })
  }
}

extension EndingRecord {
  static func added(_ parts: [EndingRecord]) -> [EndingRecord] {
    let groups = Dictionary(grouping: parts) { "\($0.manner.rawValue) \($0.after)" }
    return groups.values.map { group in
      EndingRecord(
        manner: group[0].manner, after: group[0].after, count: group.reduce(0) { $0 + $1.count })
    }.sorted { ($1.count, $0.after) < ($0.count, $1.after) }
  }
}

extension MessageCounts {
  init(adding parts: [MessageCounts]) {
    for part in parts {
      attempted += part.attempted
      accepted += part.accepted
      deferred += part.deferred
      rejected += part.rejected
      throttled += part.throttled
      lost += part.lost
      notStarted += part.notStarted
    }
  }
}

extension ConnectionCounts {
  init(adding parts: [ConnectionCounts]) {
    for part in parts {
      opened += part.opened
      refused += part.refused
      refusals.merge(part.refusals, uniquingKeysWith: +)
      peak += part.peak
      reusedMessages += part.reusedMessages
      fullHandshakes += part.fullHandshakes
      resumedHandshakes += part.resumedHandshakes
    }
  }
}

extension TimePoint {
  static func added(_ lines: [[TimePoint]]) -> [TimePoint] {
    var sums: [Int: TimePoint] = [:]
    for point in lines.joined() {
      var sum = sums[point.second] ?? TimePoint(second: point.second)
      sum.started += point.started
      sum.accepted += point.accepted
      sum.errors += point.errors
      sum.connected += point.connected
      sums[point.second] = sum
    }
    return sums.values.sorted { $0.second < $1.second }
  }
}

extension PositionRecord {
  static func merged(_ lists: [[PositionRecord]]) -> [PositionRecord] {
    let groups = Dictionary(grouping: lists.joined(), by: \.first)
    return groups.sorted { $0.key < $1.key }.compactMap { first, parts in
      guard let last = parts.first?.last else {
        return PositionRecord(
          first: first, last: nil, latency: LatencyRecord(merging: parts.map(\.latency)))
      }
      return PositionRecord(
        first: first, last: last, latency: LatencyRecord(merging: parts.map(\.latency)))
    }
  }
}
