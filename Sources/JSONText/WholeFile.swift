// SPDX-License-Identifier: Apache-2.0
//
// Files as wholes: read within a limit, and written whole or not at all. Knows no JSON.

import Glibc
import Synchronization

/// What the system refused to do with a file.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  package var path: String
  /// What was tried, `write` or `rename`.
  package var operation: String
  /// The system's error number; 0 where the refusal is ours.
  package var code: Int32
  /// Why, in words, without the path.
  package var reason: String

  package init(path: String, operation: String, code: Int32, reason: String) {
    self.path = path
    self.operation = operation
    self.code = code
    self.reason = reason
  }

  /// From the `errno` that a system call has just left.
  init(path: String, operation: String, errno code: Int32) {
    let words = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.init(path: path, operation: operation, code: code, reason: "cannot \(operation): \(words)")
  }

  /// One line, for example `path: cannot write: No space left on device`.
  package var description: String { "\(path): \(reason)" }
}

/// Reads and writes files in one piece.
package enum WholeFile {
  /// The octets of a file.
  ///
  /// - Throws: Where the file cannot be opened or read, is a folder, or holds more than `limit`
  ///   octets.
  package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let file = try OpenFile(path, flags: O_RDONLY, operation: "open")
    var octets: [UInt8] = []
    var capacity = max(try file.size(), 0) + 1
    while true {
      guard octets.count <= limit else {
        throw FileError(
          path: path, operation: "read", code: 0, reason: "holds more than \(limit) octets")
      }
      let count = try file.read(into: &octets, atMost: min(capacity, limit + 1))
      if count == 0 { return octets }
      capacity = 64 << 10
    }
  }

  /// Puts the octets into a file, which afterwards holds either all of them or what it held before.
  ///
  /// They go to a temporary file in the same folder, to the disk, and then under the file's name in
  /// one step. A symbolic link keeps pointing where it did; its target is replaced.
  ///
  /// - Throws: Where any step fails; the temporary file is gone then. Only where the last step, the
  ///   folder's own way to the disk, fails does the file hold the new octets.
  package static func write(_ octets: [UInt8], to path: String) throws(FileError) {
    let (target, mode) = try destination(of: path)
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
    let number = counter.add(1, ordering: .relaxed).newValue
    let temporary = "\(folder).relaymark-\(getpid())-\(number).part"
    do {
      let file = try OpenFile(
        temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode ?? 0o666, operation: "create")
      // The mode given at creation is cut by the umask, which an existing file's mode never was.
      if let mode { try file.setMode(mode) }
      try file.write(octets)
      try file.synchronise()
    } catch {
      if error.operation != "create" { unlink(temporary) }
      throw FileError(
        path: path, operation: error.operation, code: error.code, reason: error.reason)
    }
    guard rename(temporary, target) == 0 else {
      let code = errno
      unlink(temporary)
      throw FileError(path: path, operation: "rename", errno: code)
    }
    try OpenFile(folder, flags: O_RDONLY | O_DIRECTORY, operation: "open the folder").synchronise()
  }

  /// Makes temporary names differ within the process; its number does so among processes.
  private static let counter = Atomic<Int>(0)

  /// The file behind symbolic links, with its mode where it exists.
  private static func destination(
    of path: String
  ) throws(FileError) -> (path: String, mode: mode_t?) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw FileError(path: path, operation: "write", errno: errno) }
      return (path, nil)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, operation: "write", code: 0, reason: "is not a regular file")
    }
    guard let real = realpath(path, nil) else {
      throw FileError(path: path, operation: "write", errno: errno)
    }
    defer { free(real) }
    return (String(cString: real), status.st_mode & 0o7777)
  }
}

/// A file descriptor that is closed at the end of its life.
private struct OpenFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  init(
    _ path: String, flags: Int32, mode: mode_t = 0, operation: String
  ) throws(FileError) {
    descriptor = open(path, flags | O_CLOEXEC, mode)
    self.path = path
    guard descriptor >= 0 else { throw FileError(path: path, operation: operation, errno: errno) }
  }

  deinit { close(descriptor) }

  func size() throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, operation: "read", errno: errno)
    }
    return Int(status.st_size)
  }

  /// Appends up to so many octets and says how many; 0: the file has ended.
  func read(into octets: inout [UInt8], atMost count: Int) throws(FileError) -> Int {
    var result = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat {
        result = Glibc.read(descriptor, buffer.baseAddress, count)
      } while result < 0 && errno == EINTR
      filled = max(result, 0)
    }
    guard result >= 0 else { throw FileError(path: path, operation: "read", errno: errno) }
    octets.append(contentsOf: chunk)
    return result
  }

  func write(_ octets: [UInt8]) throws(FileError) {
    var written = 0
    while written < octets.count {
      let result = octets.withUnsafeBytes { buffer in
        Glibc.write(
          descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if result < 0, errno == EINTR { continue }
      guard result > 0 else { throw FileError(path: path, operation: "write", errno: errno) }
      written += result
    }
  }

  func setMode(_ mode: mode_t) throws(FileError) {
    guard fchmod(descriptor, mode) == 0 else {
      throw FileError(path: path, operation: "set the mode", errno: errno)
    }
  }

  func synchronise() throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw FileError(path: path, operation: "write to the disk", errno: errno)
    }
  }
}
