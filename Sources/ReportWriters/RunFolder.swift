// SPDX-License-Identifier: Apache-2.0
//
// The folder that a run leaves behind: everything in it, or no folder at all. The files are written
// into a hidden sibling that takes its place under the final name in one step.

import Glibc
package import JSONText
package import RunRecord

/// The folder `<time>-<scenario>-<target>` of one run.
package enum RunFolder {
  /// Writes `run.json`, what is rendered from it, and `transcripts/` into a new folder below `parent`.
  ///
  /// - Parameter parent: Made, with the folders above it, where it does not exist.
  /// - Returns: The path of the folder, and the record as a reader of its `run.json` gets it.
  /// - Throws: `FileError` where a folder or file cannot be made, or the record holds what JSON
  ///   cannot; nothing half-written is left then.
  package static func write(
    _ record: RunRecord, into parent: String
  ) throws(FileError) -> (path: String, record: RunRecord) {
    let record = TranscriptFiles.named(record)
    let base = name(of: record)
    try makeFolders(parent)
    let part = try PartFolder(in: parent, named: base)
    do {
      let written = try fill(part.path, with: record)
      return (try place(part.path, as: "\(parent)/\(base)"), written)
    } catch {
      PartFolder.remove(part.path)
      throw error
    }
  }

  /// Makes sure, before any work is done, that a run folder can be made below `parent`, and takes away
  /// what runs that were killed there have left.
  ///
  /// - Throws: `FileError` where the folder cannot be made or may not be written.
  package static func prepare(_ parent: String) throws(FileError) {
    try makeFolders(parent)
    let probe = "\(parent)/.relaymark.\(getpid()).part"
    try makeFolder(probe)
    rmdir(probe)
    PartFolder.sweep(parent)
  }

  /// The folder's name before a number makes it unique: time, scenario, target.
  package static func name(of record: RunRecord) -> String {
    let time = record.started.replacingColons()
    let scenario = FileName.safe(record.scenario.id, limit: 80)
    let target = record.target
    let place =
      target.port > 0 && target.name.isEmpty ? "\(target.host)-\(target.port)" : target.name
    return "\(FileName.safe(time, limit: 32))-\(scenario)-\(FileName.safe(place, limit: 60))"
  }

  /// Everything is rendered from the document and not from the record that it was made of: rounded
  /// once, figures are the same in every file, and the same again when they are rendered later.
  private static func fill(
    _ folder: String, with record: RunRecord
  ) throws(FileError) -> RunRecord {
    let document: [UInt8]
    let written: RunRecord
    do {
      document = try RunDocument.text(of: record)
      let value = try JSONReader.read(octets: document, file: "run.json", limits: .record)
      written = try RunDocument.record(from: value, file: "run.json")
    } catch {
      throw FileError(
        path: "run.json", operation: "write", code: 0, reason: error.description)
    }
    try WholeFile.write(document, to: "\(folder)/run.json")
    for file in renderings(of: written) {
      try WholeFile.write(Array(file.text.utf8), to: "\(folder)/\(file.name)")
    }
    try makeFolder("\(folder)/transcripts")
    for file in TranscriptFiles.files(of: record) {
      try WholeFile.write(Array(file.text.utf8), to: "\(folder)/\(file.path)")
    }
    return written
  }

  /// All that is rendered from a record besides the record itself and its transcripts.
  static func renderings(of record: RunRecord) -> [(name: String, text: String)] {
    var files = [
      (
        name: "summary.md",
        text: CertificateMarkdown(of: record)?.text ?? MarkdownSummary(of: record).text
      ),
      (
        name: "report.html", text: CertificateHTML(of: record)?.text ?? HTMLReport(of: record).text
      ),
      (name: "junit.xml", text: JUnitReport(of: record).text),
      (name: "metrics.prom", text: PrometheusText.text(of: record)),
    ]
    if let load = record.load {
      files.append((name: "timeline.csv", text: TimelineCSV.text(of: load)))
      files.append((name: "latency.hgrm", text: PercentileFile.text(of: load)))
    }
    return files
  }

  /// Renders a run folder again from its `run.json`; every file is replaced whole.
  ///
  /// - Returns: The names of the files written.
  /// - Throws: `FileError` where the record cannot be read or a file not be written, `JSONError`
  ///   where `run.json` is no record.
  package static func renderAgain(_ folder: String) throws -> [String] {
    let record = try RunDocument.record(file: "\(folder)/run.json")
    let files = renderings(of: record)
    for file in files {
      try WholeFile.write(Array(file.text.utf8), to: "\(folder)/\(file.name)")
    }
    return files.map(\.name)
  }

  // MARK: Folders

  /// Two runs of one scenario within a second get names with a number.
  private static let namesTried = 1000

  private static func place(_ temporary: String, as wanted: String) throws(FileError) -> String {
    for number in 1...namesTried {
      let path = number == 1 ? wanted : "\(wanted)-\(number)"
      // A folder with anything in it is never replaced, and ours are never empty.
      if rename(temporary, path) == 0 { return path }
      if errno != EEXIST && errno != ENOTEMPTY { throw fault(wanted, "rename") }
    }
    throw FileError(
      path: wanted, operation: "rename", code: EEXIST,
      reason: "exists, and so do \(namesTried - 1) numbered siblings")
  }

  private static func makeFolders(_ path: String) throws(FileError) {
    var prefix = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      prefix += prefix.isEmpty && !part.isEmpty ? String(part) : "/\(part)"
      if part.isEmpty || mkdir(prefix, 0o777) == 0 || errno == EEXIST { continue }
      throw fault(prefix, "make the folder")
    }
  }

  private static func makeFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) == 0 else { throw fault(path, "make the folder") }
  }

  private static func fault(_ path: String, _ operation: String) -> FileError {
    FileError(path: path, operation: operation, errorNumber: errno)
  }
}

extension String {
  /// `2026-03-01T12:00:00Z` as `2026-03-01T12-00-00Z`, which every file system takes.
  fileprivate func replacingColons() -> String {
    String(map { $0 == ":" ? "-" : $0 })
  }
}
