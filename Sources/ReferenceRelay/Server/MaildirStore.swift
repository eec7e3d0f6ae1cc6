// SPDX-License-Identifier: Apache-2.0
//
// A Maildir: each copy of a message is written whole into `tmp`, forced to the disk, and moved into
// `new`. Either all copies of a message arrive or none stays. Blocks; runs on threads of its own.

import Glibc

/// Why a message could not be stored.
struct StoreError: Error, CustomStringConvertible {
  var operation: String
  var path: String
  var code: Int32

  var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }
}

/// A folder with `tmp`, `new` and `cur`, as mail readers know it.
struct MaildirStore: Sendable {
  let folder: String

  /// Makes the folder and its three parts where they are missing.
  init(folder: String) throws(StoreError) {
    self.folder = folder
    for path in [folder, "\(folder)/tmp", "\(folder)/new", "\(folder)/cur"] {
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw StoreError(operation: "make the folder", path: path, code: errno)
      }
    }
  }

  /// Stores a copy for each recipient, in CRLF form, under trace fields of its own.
  ///
  /// - Returns: how many copies there are.
  @discardableResult
  func store(_ message: RelayMessage) throws(StoreError) -> Int {
    var written: [String] = []
    var moved: [String] = []
    do throws(StoreError) {
      for (index, recipient) in message.recipients.enumerated() {
        let octets = TraceFields.delivered(message, to: recipient)
        let name = "\(message.trace.time).\(message.id)_\(index).relaymark,S=\(octets.count)"
        written.append(name)
        try write(octets, to: "\(folder)/tmp/\(name)")
      }
      for name in written {
        let target = "\(folder)/new/\(name)"
        guard rename("\(folder)/tmp/\(name)", target) == 0 else {
          throw StoreError(operation: "move into place", path: target, code: errno)
        }
        moved.append(name)
      }
      try synchronize("\(folder)/new")
    } catch {
      for name in written { unlink("\(folder)/tmp/\(name)") }
      for name in moved { unlink("\(folder)/new/\(name)") }
      throw error
    }
    return moved.count
  }

  private func write(_ octets: [UInt8], to path: String) throws(StoreError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError(operation: "create", path: path, code: errno) }
    defer { close(file) }
    var done = 0
    while done < octets.count {
      let count = octets[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw StoreError(operation: "write", path: path, code: errno) }
      done += count
    }
    guard fsync(file) == 0 else {
      throw StoreError(operation: "force to the disk", path: path, code: errno)
    }
  }

  /// Forces the folder's entries to the disk.
  private func synchronize(_ path: String) throws(StoreError) {
    let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(operation: "open", path: path, code: errno) }
    defer { close(file) }
    guard fsync(file) == 0 else {
      throw StoreError(operation: "force to the disk", path: path, code: errno)
    }
  }
}
