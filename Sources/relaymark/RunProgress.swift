// SPDX-License-Identifier: Apache-2.0
//
// What a person sees while a run takes its time: one moving line on a terminal, a plain line every
// ten seconds elsewhere, nothing where that was asked for.

import LoadEngine
import ReportWriters
import RunRecord
import Synchronization

/// Shows how far a run is, on standard error.
final class RunProgress: Sendable {
  private let console: Console
  private let isQuiet: Bool
  private let state = Mutex(State())

  private struct State {
    var lastLine = 0.0
    var isShowing = false
  }

  /// Plain lines come this many seconds apart.
  private static let interval = 10.0

  init(console: Console, isQuiet: Bool) {
    self.console = console
    self.isQuiet = isQuiet
  }

  /// Shows the state of a load.
  func show(_ progress: LoadProgress) {
    show(Self.line(progress), elapsed: progress.elapsed)
  }

  /// Done and planned, rate and latency of the last second, what is under way, errors, what remains.
  static func line(_ progress: LoadProgress) -> String {
    let planned = progress.planned.map { " of \(Figures.count($0))" } ?? ""
    let average = progress.elapsed > 0 ? Double(progress.done) / progress.elapsed : 0
    let rate = progress.last.map { Double($0.accepted + $0.errors) } ?? average
    var parts = ["\(Figures.count(progress.done))\(planned)", Figures.rate(rate)]
    if let last = progress.last, let p50 = last.p50, let p99 = last.p99 {
      parts.append(
        "p50 \(Figures.duration(microseconds: p50)) p99 \(Figures.duration(microseconds: p99))")
    }
    parts.append("\(Figures.count(progress.underWay)) under way")
    parts.append("\(Figures.count(progress.open)) open")
    if progress.errors > 0 { parts.append("\(Figures.count(progress.errors)) not accepted") }
    parts.append(remaining(progress))
    return parts.joined(separator: ", ")
  }

  private static func remaining(_ progress: LoadProgress) -> String {
    if let length = progress.length, length > progress.elapsed {
      return left(length - progress.elapsed)
    }
    guard let planned = progress.planned, progress.length == nil, progress.done > 0,
      planned > progress.done
    else { return Figures.duration(seconds: progress.elapsed) }
    return left(Double(planned - progress.done) * progress.elapsed / Double(progress.done))
  }

  /// Whole seconds: what is still to come is known no better.
  private static func left(_ seconds: Double) -> String {
    let whole = seconds.rounded(.up)
    return whole < 120 ? "\(Int(whole)) s left" : "\(Figures.duration(seconds: whole)) left"
  }

  /// Shows which check runs.
  func show(check number: Int, of total: Int, id: String) {
    guard total > 1, console.live else { return }
    show("\(number)/\(total) \(id)", elapsed: 0)
  }

  /// Takes the moving line away, so that what follows stands alone.
  func clear() {
    let wasShowing = state.withLock { state in
      defer { state.isShowing = false }
      return state.isShowing
    }
    if wasShowing { console.note("\r\u{1B}[K") }
  }

  private func show(_ line: String, elapsed: Double) {
    guard !isQuiet else { return }
    if console.live {
      state.withLock { $0.isShowing = true }
      return console.note("\r\u{1B}[K\(Console.oneLine(line))")
    }
    let isDue = state.withLock { state in
      guard elapsed - state.lastLine >= Self.interval else { return false }
      state.lastLine = elapsed
      return true
    }
    if isDue { console.note("\(line)\n") }
  }
}
