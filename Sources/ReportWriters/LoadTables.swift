// SPDX-License-Identifier: Apache-2.0
//
// The figures of a load in the forms that other tools read: `timeline.csv` for spreadsheets,
// `latency.hgrm` for HdrHistogram's plotter, `metrics.prom` for Prometheus.

package import RunRecord

/// `timeline.csv`: one row for each second.
package enum TimelineCSV {
  package static func text(of load: LoadRecord) -> String {
    var text = "second,started,accepted,errors,connected,p50_us,p99_us\n"
    for point in load.timeline {
      let latencies = [point.p50, point.p99].map { $0.map { Figures.fixed($0, places: 1) } ?? "" }
      let counts = [point.second, point.started, point.accepted, point.errors, point.connected]
      text += (counts.map(String.init) + latencies).joined(separator: ",") + "\n"
    }
    return text
  }
}

/// `latency.hgrm`: the percentile distribution of each phase in the text form of HdrHistogram,
/// values in milliseconds.
package enum PercentileFile {
  /// Phases stand one after the other, the transaction first, each behind a line with its name.
  package static func text(of load: LoadRecord) -> String {
    let names = load.latency.keys.sorted { first, second in
      if first == "transaction" || second == "transaction" { return first == "transaction" }
      return place(first) < place(second)
    }
    return names.compactMap { name in
      load.latency[name].map { "# \(name)\n" + distribution($0) }
    }.joined(separator: "\n")
  }

  private static func place(_ phase: String) -> Int {
    SummaryRows.phaseOrder.firstIndex(of: phase) ?? SummaryRows.phaseOrder.count
  }

  private static func distribution(_ latency: LatencyRecord) -> String {
    var text = pad("Value", 12) + pad("Percentile", 15) + pad("TotalCount", 11)
    text += pad("1/(1-Percentile)", 18) + "\n\n"
    let total = latency.buckets.reduce(UInt64(0)) { $0 + $1.count }
    var seen: UInt64 = 0
    for bucket in latency.buckets {
      seen += bucket.count
      let share = Double(seen) / Double(max(total, 1))
      text += pad(Figures.fixed(Double(bucket.value) / 1_000_000, places: 3), 12)
      text += pad(Figures.fixed(share, places: 12), 15) + pad(String(seen), 11)
      if seen < total {
        text += pad(Figures.fixed(Double(total) / Double(total - seen), places: 2), 18)
      }
      text += "\n"
    }
    let mean = Figures.fixed(latency.mean / 1000, places: 3)
    let most = Figures.fixed(latency.max / 1000, places: 3)
    text += "#[Mean    = \(pad(mean, 12)), Total count    = \(pad(String(latency.count), 12))]\n"
    text += "#[Max     = \(pad(most, 12))]\n"
    return text
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// `metrics.prom`: the final figures in Prometheus' text form.
package enum PrometheusText {
  package static func text(of record: RunRecord) -> String {
    var lines: [String] = []
    let labels = "scenario=\"\(escaped(record.scenario.id))\",target=\"\(escaped(target(record)))\""
    func family(_ name: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      guard !samples.isEmpty else { return }
      lines.append("# HELP relaymark_\(name) \(help)")
      lines.append("# TYPE relaymark_\(name) gauge")
      for sample in samples {
        let extra = sample.labels.isEmpty ? "" : ",\(sample.labels)"
        lines.append("relaymark_\(name){\(labels)\(extra)} \(sample.value)")
      }
    }
    family("valid", "Whether the measurement counts.", [("", record.valid ? "1" : "0")])
    let verdicts = Dictionary(grouping: record.checks, by: \.verdict)
    family(
      "checks", "Checks by verdict.",
      verdicts.keys.sorted().map { ("verdict=\"\(escaped($0))\"", "\(verdicts[$0]?.count ?? 0)") })
    guard let load = record.load else { return lines.joined(separator: "\n") + "\n" }
    let messages = load.messages
    family(
      "messages", "Messages by outcome.",
      [
        ("accepted", messages.accepted), ("deferred", messages.deferred),
        ("rejected", messages.rejected), ("throttled", messages.throttled),
        ("lost", messages.lost), ("not_started", messages.notStarted),
      ].map { ("outcome=\"\($0.0)\"", "\($0.1)") })
    family(
      "throughput_messages_per_second", "Accepted messages a second.",
      [("", Figures.fixed(load.throughput, places: 3))])
    family(
      "latency_seconds", "Latency by phase and quantile.",
      load.latency.sorted { $0.key < $1.key }.flatMap { phase, latency in
        [
          ("0.5", latency.p50), ("0.9", latency.p90), ("0.99", latency.p99),
          ("0.999", latency.p999), ("1", latency.max),
        ].map {
          (
            "phase=\"\(escaped(phase))\",quantile=\"\($0.0)\"",
            Figures.fixed($0.1 / 1_000_000, places: 9)
          )
        }
      })
    family(
      "replies", "Replies by code.",
      load.replies.sorted { $0.key < $1.key }.map { ("code=\"\($0.key)\"", "\($0.value)") })
    return lines.joined(separator: "\n") + "\n"
  }

  private static func target(_ record: RunRecord) -> String {
    record.target.port > 0 ? "\(record.target.host):\(record.target.port)" : record.target.host
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
