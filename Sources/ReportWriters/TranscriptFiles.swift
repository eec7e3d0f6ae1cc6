// SPDX-License-Identifier: Apache-2.0
//
// Where the transcript of each check lies in the run folder and what stands in it.

package import RunRecord

/// Names and contents of the files under `transcripts/`.
package enum TranscriptFiles {
  /// The record with `transcript` set for every check that has transcript lines.
  ///
  /// Names follow the check's id, made safe for every file system; equal ones are numbered.
  package static func named(_ record: RunRecord) -> RunRecord {
    var record = record
    var taken: Set<String> = []
    for index in record.checks.indices where !record.checks[index].transcriptLines.isEmpty {
      let base = FileName.safe(record.checks[index].id, limit: 120)
      var name = base
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(base)-\(number)"
        number += 1
      }
      record.checks[index].transcript = "transcripts/\(name).txt"
    }
    return record
  }

  /// Path relative to the run folder, and text, of every transcript.
  package static func files(of record: RunRecord) -> [(path: String, text: String)] {
    record.checks.compactMap { check in
      guard let path = check.transcript, !check.transcriptLines.isEmpty else { return nil }
      var lines = ["# \(check.id): \(check.verdict)", "# \(check.title)"]
      if let expected = check.expected { lines.append("# expected \(expected)") }
      if let actual = check.actual { lines.append("# actual   \(actual)") }
      if let reason = check.reason { lines.append("# \(reason)") }
      return (path, (lines + [""] + check.transcriptLines).joined(separator: "\n") + "\n")
    }
  }
}

/// Texts made into names of files.
enum FileName {
  /// Letters, digits, dots and hyphens of a text; everything else becomes a hyphen.
  ///
  /// Never empty, never hidden, never longer than `limit`.
  static func safe(_ text: String, limit: Int) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        || ("0"..."9").contains(scalar) || scalar == "." || scalar == "_"
      if isPlain {
        name.unicodeScalars.append(scalar)
      } else if name.last != "-" {
        name.append("-")
      }
    }
    while let first = name.first, first == "." || first == "-" { name.removeFirst() }
    name = String(name.prefix(limit))
    while name.last == "-" { name.removeLast() }
    return name.isEmpty ? "unnamed" : name
  }
}
