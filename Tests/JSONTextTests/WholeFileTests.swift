// SPDX-License-Identifier: Apache-2.0
//
// Files are written whole or not at all, also when the disk is full.

import Glibc
import JSONText
import Testing

@Suite struct WholeFileTests {
  @Test("A new file holds the octets, and nothing else is left in the folder")
  func newFile() throws {
    try withTemporaryFolder { folder in
      let octets = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try WholeFile.write(octets, to: folder + "/new")
      #expect(try WholeFile.read(folder + "/new", limit: 1 << 20) == octets)
      #expect(entries(of: folder) == ["new"])
    }
  }

  @Test("An old file is replaced and keeps its mode")
  func oldFile() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/old"
      try WholeFile.write([1, 2, 3], to: path)
      try #require(chmod(path, 0o666) == 0)
      try WholeFile.write([], to: path)
      #expect(try WholeFile.read(path, limit: 10) == [])
      var status = stat()
      try #require(stat(path, &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o666)
      #expect(entries(of: folder) == ["old"])
    }
  }

  @Test("A symbolic link stays, the file behind it is replaced")
  func symbolicLink() throws {
    try withTemporaryFolder { folder in
      try WholeFile.write([1], to: folder + "/file")
      try #require(symlink("file", folder + "/link") == 0)
      try WholeFile.write([2], to: folder + "/link")
      #expect(try WholeFile.read(folder + "/file", limit: 10) == [2])
      var status = stat()
      try #require(lstat(folder + "/link", &status) == 0)
      #expect(status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test("A file in the current folder needs no slash in its name")
  func noSlash() throws {
    let path = "relaymark-whole-file-\(getpid()).tmp"
    try WholeFile.write([7], to: path)
    #expect(try WholeFile.read(path, limit: 1) == [7])
    #expect(unlink(path) == 0)
  }

  @Test("Folders, devices and names below a plain file are refused with the reason")
  func refusedTargets() throws {
    try withTemporaryFolder { folder in
      try WholeFile.write([1], to: folder + "/file")
      let refusals = [
        (folder, "is not a regular file"), ("/dev/full", "is not a regular file"),
        (folder + "/file/x", "Not a directory"),
        (folder + "/none/x", "cannot create: No such file or directory"),
        (folder + "/" + String(repeating: "n", count: 300), "File name too long"),
      ]
      for (path, reason) in refusals {
        let error = try #require(throws: FileError.self) { try WholeFile.write([2], to: path) }
        #expect(error.path == path)
        #expect(error.reason.contains(reason), "\(error)")
      }
      #expect(entries(of: folder) == ["file"])
      #expect(try WholeFile.read(folder + "/file", limit: 10) == [1])
    }
  }

  @Test("A write that the system cuts off leaves the old file and no other")
  func cutOff() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        try WholeFile.write([1, 2, 3], to: folder + "/file")
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 5_000, rlim_max: 5_000)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let error = try #require(throws: FileError.self) {
          try WholeFile.write([UInt8](repeating: 9, count: 20_000), to: folder + "/file")
        }
        #expect(error.description == "\(folder)/file: cannot write: File too large")
        #expect(error.code == EFBIG)
        #expect(try WholeFile.read(folder + "/file", limit: 10) == [1, 2, 3])
        #expect(entries(of: folder) == ["file"])
      }
    }
  }

  @Test("A full disk leaves the old file and no other", .enabled(if: PrivateMount.isPossible))
  func fullDisk() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        try PrivateMount.with(folder, options: "size=64k") {
          try WholeFile.write([1, 2, 3], to: folder + "/file")
          let error = try #require(throws: FileError.self) {
            try WholeFile.write([UInt8](repeating: 9, count: 1 << 20), to: folder + "/file")
          }
          #expect(error.description == "\(folder)/file: cannot write: No space left on device")
          #expect(try WholeFile.read(folder + "/file", limit: 10) == [1, 2, 3])
          #expect(entries(of: folder) == ["file"])
        }
      }
    }
  }

  @Test(
    "A folder that takes no files is an error that says so",
    .enabled(if: PrivateMount.isPossible))
  func readOnlyFolder() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        try PrivateMount.with(folder, options: "ro") {
          let error = try #require(throws: FileError.self) {
            try WholeFile.write([1], to: folder + "/file")
          }
          #expect(error.description == "\(folder)/file: cannot create: Read-only file system")
        }
      }
    }
  }

  @Test("Reading stops at the limit, whatever the file's size claims")
  func readLimit() throws {
    try withTemporaryFolder { folder in
      try WholeFile.write([1, 2, 3, 4], to: folder + "/file")
      #expect(try WholeFile.read(folder + "/file", limit: 4) == [1, 2, 3, 4])
      #expect(throws: FileError.self) { try WholeFile.read(folder + "/file", limit: 3) }
      #expect(throws: FileError.self) { try WholeFile.read("/dev/zero", limit: 100_000) }
      #expect(try !WholeFile.read("/proc/self/status", limit: 1 << 20).isEmpty)
    }
  }

  @Test("Files that cannot be read are errors with the system's reason")
  func unreadable() throws {
    let missing = try #require(throws: FileError.self) {
      try WholeFile.read("/nonexistent/x", limit: 1)
    }
    #expect(missing.description == "/nonexistent/x: cannot open: No such file or directory")
    let folder = try #require(throws: FileError.self) { try WholeFile.read("/tmp", limit: 1) }
    #expect(folder.description == "/tmp: cannot read: Is a directory")
    let json = try #require(throws: JSONError.self) { try JSONReader.read(file: "/nonexistent/x") }
    #expect(json.description == "/nonexistent/x: cannot open: No such file or directory")
  }
}

/// A file system of its own for one process, where the system allows it.
enum PrivateMount {
  /// Whether this process has CAP_SYS_ADMIN (bit 21), which mounting takes.
  static let isPossible: Bool = {
    guard let status = try? WholeFile.read("/proc/self/status", limit: 1 << 20) else {
      return false
    }
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("CapEff:") }
    let mask = line.flatMap { UInt64($0.dropFirst(7).drop { $0.isWhitespace }, radix: 16) } ?? 0
    return mask & 1 << 21 != 0
  }()

  /// Runs the body with a fresh tmpfs on the folder that no other process sees.
  ///
  /// Only for processes that end afterwards: the mount namespace stays with the thread.
  static func with(_ folder: String, options: String, _ body: () throws -> Void) throws {
    // Glibc declares unshare only to GNU sources, which Swift is not.
    let symbol = try #require(dlsym(nil, "unshare"))
    let unshare = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    let newMounts: Int32 = 0x0002_0000
    try #require(unshare(newMounts) == 0)
    try #require(mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0)
    let isReadOnly = options == "ro"
    try #require(
      mount("tmpfs", folder, "tmpfs", isReadOnly ? 1 : 0, isReadOnly ? nil : options) == 0)
    defer { umount2(folder, Int32(MNT_DETACH)) }
    try body()
  }
}
