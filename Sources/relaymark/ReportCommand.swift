// SPDX-License-Identifier: Apache-2.0
//
// `relaymark report`: renders run folders again from their records, or merges the records of several
// generators. Never touches the network.

import ArgumentParser
import JSONText
import ReportWriters
import RunRecord

/// Renders reports again.
struct ReportCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Render reports again from run.json, or merge the records of several generators.")

  @Argument(help: ArgumentHelp("Run folders.", valueName: "folder"))
  var folders: [String]

  @Flag(help: "Make one record of all: counts added, histograms exactly those of the union.")
  var merge = false

  @Option(
    help: ArgumentHelp("Folder in which the merged run's folder is made.", valueName: "dir"))
  var report = "Reports"

  func validate() throws {
    if merge, folders.count < 2 { throw ValidationError("--merge takes two or more folders") }
  }

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    var records: [RunRecord] = []
    for folder in folders { records.append(try Self.record(in: folder)) }
    guard merge else {
      for folder in folders {
        do {
          let files = try RunFolder.renderAgain(folder)
          surroundings.console.result("\(folder): \(files.joined(separator: ", "))\n")
        } catch {
          throw HarnessError("\(error)")
        }
      }
      return .passed
    }
    guard let merged = RunRecord.merged(records) else {
      throw UsageError("--merge takes records of load; one of these has none")
    }
    do {
      let written = try RunFolder.write(merged, into: report)
      surroundings.console.result(
        TextSummary(of: written.record, folder: written.path, colour: false).text)
    } catch {
      throw HarnessError(error.description)
    }
    return .passed
  }

  /// The record of a run folder, or of a `run.json` that is named itself.
  static func record(in folder: String) throws -> RunRecord {
    let file = folder.hasSuffix(".json") ? folder : "\(folder)/run.json"
    do {
      return try RunDocument.record(file: file)
    } catch {
      throw UsageError("\(error)")
    }
  }
}
