// SPDX-License-Identifier: Apache-2.0
//
// The hidden folder in which the files of a run are written before it gets its name. Whoever writes
// holds a lock on it; a lock ends with its process, however that ends, so that what a killed run has
// left can be told from what another run is still writing.

import Glibc
import JSONText

/// A folder that is being filled.
struct PartFolder: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Makes the folder `.<name>.<process>.part` in `parent`.
  init(in parent: String, named name: String) throws(FileError) {
    path = "\(parent)/.\(name).\(getpid()).part"
    guard mkdir(path, 0o777) == 0 else {
      throw FileError(path: path, operation: "make the folder", errorNumber: errno)
    }
    descriptor = Self.locked(path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Removes what `write` may have made, two levels and no links followed.
  ///
  /// What cannot be removed stays hidden; the error that led here is the one worth telling.
  static func remove(_ folder: String) {
    for path in ["\(folder)/transcripts", folder] {
      for name in Folder.names(in: path) { unlink("\(path)/\(name)") }
      rmdir(path)
    }
  }

  /// Removes what runs that were killed have left in `parent`.
  static func sweep(_ parent: String) {
    for name in Folder.names(in: parent) where isOurs(name) {
      let path = "\(parent)/\(name)"
      guard isOld(path) else { continue }
      let descriptor = locked(path)
      guard descriptor >= 0 else { continue }
      remove(path)
      close(descriptor)
    }
  }

  /// A descriptor that holds the lock; -1 where someone else has it, or the file system has none.
  private static func locked(_ path: String) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return -1 }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return -1
    }
    return descriptor
  }

  /// Seconds after which a folder without a lock is taken for left over: its maker has long come to
  /// lock it, and no clock of a file server is off by more.
  private static let patience = 3_600

  private static func isOld(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mtim.tv_sec < time(nil) - patience
  }

  /// Whether a name is one that a run gives, `.2026-03-01T12-00-00Z-plain-relay.4711.part`, or a trial
  /// of the folder, `.relaymark.4711.part`.
  static func isOurs(_ name: String) -> Bool {
    name.wholeMatch(
      of: /\.(relaymark|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}Z-.+)\.[0-9]+\.part/)
      != nil
  }
}

extension FileError {
  /// What the system refused, in its own words.
  init(path: String, operation: String, errorNumber code: Int32) {
    let words = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    self.init(
      path: path, operation: operation, code: code, reason: "cannot \(operation): \(words)")
  }
}
