// SPDX-License-Identifier: Apache-2.0
//
// Whether a load measured the target, or only the harness. A pure function of the record.

package import RunRecord

/// Judges measurements.
package enum LoadValidity {
  /// Above this share of its workers' time, the harness was the bottleneck.
  static let saturation = 0.95
  /// Shares of shorter runs say nothing: the start alone fills them.
  static let leastSeconds = 1.0

  /// Why the measurement does not count; nil where it does.
  package static func fault(of load: LoadRecord) -> String? {
    if load.messages.notStarted > 0 {
      let planned = load.messages.attempted + load.messages.notStarted
      return
        "\(load.messages.notStarted) of \(planned) messages were never started: no session was left"
    }
    let share = load.cpuShare / Double(max(1, load.workers))
    guard load.measured >= leastSeconds, share > saturation else { return nil }
    return "the harness itself was the bottleneck: its workers were busy "
      + "\(Int((share * 100).rounded())) % of the time; more --workers may help"
  }
}
