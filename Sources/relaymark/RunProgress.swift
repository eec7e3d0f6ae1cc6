// SPDX-License-Identifier: Apache-2.0
//
// What a person sees while a run takes its time: one moving line on a terminal, a plain line every
// ten seconds elsewhere, nothing where that was asked for.

import LoadEngine
import ReportWriters
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
    let planned = progress.planned.map { " of \(Figures.count($0))" } ?? ""
    let rate = progress.elapsed > 0 ? Double(progress.done) / progress.elapsed : 0
    show(
      "\(Figures.count(progress.done))\(planned), \(Figures.rate(rate)), "
        + "\(Figures.count(progress.open)) open, \(Figures.duration(seconds: progress.elapsed))",
      elapsed: progress.elapsed)
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
