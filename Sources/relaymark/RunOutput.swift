// SPDX-License-Identifier: Apache-2.0
//
// The end of a run: its record gets its exit, its folder, and a summary on standard output.

import JSONText
import ReportWriters
import RunRecord

/// Tells what a run came to.
struct RunOutput {
  let options: ReportOptions
  let console: Console

  /// Makes sure that the folder can be written before anything is sent.
  func prepare() throws {
    guard !options.noReport else { return }
    do {
      try RunFolder.prepare(options.report)
    } catch {
      throw HarnessError(error.description)
    }
  }

  /// Writes everything that was asked for.
  ///
  /// - Returns: The record's exit, or `couldNotRun` where the result could not be written.
  func finish(_ record: RunRecord) -> RunExit {
    var record = record
    let exit = record.earnedExit(strict: options.strict)
    record.exit = Int(exit.rawValue)
    var folder: String?
    var failure: String?
    if !options.noReport {
      do {
        (folder, record) = try RunFolder.write(record, into: options.report)
      } catch {
        failure = error.description
      }
    }
    if options.json {
      do {
        console.result(String(decoding: try RunDocument.text(of: record), as: UTF8.self))
      } catch {
        failure = failure ?? error.description
      }
    } else if !options.quiet {
      let certificate = CertificateText(of: record, folder: folder, colour: console.colour)
      console.result(
        certificate?.text
          ?? TextSummary(of: record, folder: folder, colour: console.colour).text)
    }
    guard let failure else { return exit }
    console.error(failure)
    return exit == .interrupted ? exit : .couldNotRun
  }
}
