// SPDX-License-Identifier: Apache-2.0
//
// Message files: one, or a folder of them, read once and shared.

import Glibc

/// The messages of a file or folder.
struct EMLCorpus: Sendable {
  let messages: [StoredMessage]

  /// Memory that a corpus may take, in octets: beyond this a run would measure the disk.
  static let largestTotal = 256 << 20

  /// Reads a message file, or all `*.eml` files of a folder in the order of their names.
  ///
  /// - Throws: Where nothing is there, a file cannot be read, a folder has no such file, or the
  ///   limits of size are passed.
  init(path: String, keepsLineEnds: Bool) throws(ContentError) {
    var messages: [StoredMessage] = []
    var total = 0
    for file in try Self.files(of: path) {
      let octets = try Self.read(file)
      total += octets.count
      guard total <= Self.largestTotal else {
        throw ContentError("\(path): the messages take more than \(Self.largestTotal >> 20) MiB")
      }
      messages.append(
        StoredMessage(keepsLineEnds ? octets : LineEndNormaliser.normalised(octets)))
    }
    self.messages = messages
  }

  private static func files(of path: String) throws(ContentError) -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    guard let folder = opendir(path) else { throw failure(path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.lowercased().hasSuffix(".eml") { names.append(name) }
    }
    guard !names.isEmpty else { throw ContentError("\(path): the folder has no *.eml file") }
    return names.sorted().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  private static func read(_ path: String) throws(ContentError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ContentError("\(path): is not a regular file")
    }
    guard Int(status.st_size) <= MessageSpec.largestSize else {
      throw ContentError("\(path): is larger than \(MessageSpec.largestSize >> 20) MiB")
    }
    var result = 0
    let size = Int(status.st_size)
    let octets = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size, let base = buffer.baseAddress {
        result = Glibc.read(descriptor, base + filled, size - filled)
        if result < 0, errno == EINTR { continue }
        if result <= 0 { break }
        filled += result
      }
    }
    guard result >= 0 else { throw failure(path) }
    return octets
  }

  private static func failure(_ path: String) -> ContentError {
    let code = errno
    let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    return ContentError("\(path): \(reason)")
  }
}

/// A message whose octets are given.
struct StoredMessage: Sendable {
  /// As BDAT sends them.
  let octets: [UInt8]
  /// The same after dot-stuffing, without the final dot; the same storage where nothing differs.
  let stuffed: [UInt8]
  /// Whether the last line is whole; an empty message has none to complete.
  let endsInCRLF: Bool

  init(_ octets: [UInt8]) {
    self.octets = octets
    var stuffer = DotStuffer()
    var stuffed: [UInt8] = []
    stuffer.stuff(octets, into: &stuffed)
    self.stuffed = stuffed.count == octets.count ? octets : stuffed
    endsInCRLF = stuffer.isAtLineStart
  }

  /// Where the body begins: behind the empty line; nil where there is none.
  var bodyStart: Int? {
    if octets.starts(with: [0x0D, 0x0A]) { return 2 }
    guard octets.count >= 4 else { return nil }
    let end = (0...octets.count - 4).first { index in
      octets[index] == 0x0D && octets[index + 1] == 0x0A && octets[index + 2] == 0x0D
        && octets[index + 3] == 0x0A
    }
    return end.map { $0 + 4 }
  }

  /// Whether every LF has its CR: others are for relays to put right, which no mark survives.
  var hasOnlyCRLF: Bool {
    octets.indices.allSatisfy { index in
      octets[index] != 0x0A || index > 0 && octets[index - 1] == 0x0D
    }
  }
}
