// SPDX-License-Identifier: Apache-2.0
//
// Proves that a run folder is complete or absent, whatever the disk and the names in the record say.

import Glibc
import JSONText
import ReportWriters
import RunRecord
import Testing

@Suite struct RunFolderTests {
  @Test("A folder holds the record, the summary and the transcripts under unique names")
  func complete() async throws {
    try withFolder { parent in
      let written = try RunFolder.write(Samples.full, into: "\(parent)/deep/er")
      #expect(
        written.path == "\(parent)/deep/er/2026-03-01T12-00-00Z-rfc5321-rset-lab", "\(written.path)"
      )
      #expect(
        written.record.checks.map(\.transcript) == [
          nil, "transcripts/rfc5321-data.txt", "transcripts/rfc5321-data-2.txt",
        ])
      let document = try JSONReader.read(file: "\(written.path)/run.json")
      #expect(try RunDocument.record(from: document, file: "run.json") == written.record)
      let transcript = try WholeFile.read(
        "\(written.path)/transcripts/rfc5321-data.txt", limit: 10_000)
      let text = String(decoding: transcript, as: UTF8.self)
      #expect(text.contains("# expected 503|554") && text.contains("-> DATA\n"))
      #expect(try !WholeFile.read("\(written.path)/summary.md", limit: 100_000).isEmpty)
      #expect(entries("\(parent)/deep/er") == ["2026-03-01T12-00-00Z-rfc5321-rset-lab"])
    }
  }

  @Test("What killed runs left is taken away; what others write or own is not")
  func sweeping() throws {
    try withFolder { parent in
      let left = "\(parent)/.2026-03-01T12-00-00Z-plain-relay.4711.part"
      let young = "\(parent)/.2026-03-01T12-00-01Z-plain-relay.4712.part"
      let busy = "\(parent)/.2026-03-01T12-00-02Z-plain-relay.4713.part"
      let foreign = "\(parent)/.somebody-elses.part"
      for folder in [left, young, busy, foreign] {
        try #require(mkdir(folder, 0o777) == 0)
        try WholeFile.write([1], to: "\(folder)/run.json")
      }
      for folder in [left, busy, foreign] {
        var times = [timespec](
          repeating: timespec(tv_sec: time(nil) - 90_000, tv_nsec: 0), count: 2)
        try #require(utimensat(AT_FDCWD, folder, &times, 0) == 0)
      }
      let writer = open(busy, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      defer { close(writer) }
      try #require(flock(writer, LOCK_EX) == 0)
      try RunFolder.prepare(parent)
      #expect(
        entries(parent).sorted()
          == [young, busy, foreign].map { String($0.dropFirst(parent.count + 1)) })
      #expect(entries(busy) == ["run.json"])
    }
  }

  @Test("A second run in the same second gets a folder of its own")
  func numbered() throws {
    try withFolder { parent in
      let first = try RunFolder.write(Samples.least, into: parent).path
      let second = try RunFolder.write(Samples.least, into: parent).path
      #expect(second == first + "-2")
    }
  }

  @Test("A parent that is a file is refused in one line")
  func parentIsFile() throws {
    try withFolder { parent in
      try WholeFile.write([1], to: "\(parent)/file")
      let error = #expect(throws: FileError.self) {
        try RunFolder.write(Samples.least, into: "\(parent)/file")
      }
      #expect(error?.description.contains("\n") == false)
      #expect(error?.path.contains("file") == true)
    }
  }

  @Test("When a file cannot be written nothing is left behind")
  func nothingHalfWritten() throws {
    try withFolder { parent in
      // JSON as we write it has no place for a NUL in a key; the folder exists by then.
      var record = Samples.full
      record.checks[1].measured["a\0b"] = "1"
      let error = #expect(throws: FileError.self) { try RunFolder.write(record, into: parent) }
      #expect(error?.description.contains("run.json") == true)
      #expect(entries(parent).isEmpty)
    }
  }

  @Test("Names from outside cannot leave the parent folder")
  func safeNames() throws {
    var record = Samples.least
    record.scenario.id = "../../etc/passwd"
    record.target = TargetFacts(name: "../x", host: "/run/lmtp sock", port: 0, role: "lmtp")
    let name = RunFolder.name(of: record)
    #expect(name == "2026-03-01T12-00-00Z-etc-passwd-x")
    record.scenario.id = String(repeating: "long/", count: 100)
    record.target.name = ""
    #expect(RunFolder.name(of: record).utf8.count < 200)
    #expect(!RunFolder.name(of: record).contains("/"))
  }

  // MARK: Helpers
}
