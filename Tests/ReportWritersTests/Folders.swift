// SPDX-License-Identifier: Apache-2.0
//
// Folders for the length of a test, and what is in them.

import Glibc
import JSONText
import Testing

func withFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/relaymark-test-XXXXXX".utf8CString)
  let made = template.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
  }
  try #require(made)
  let path = template.withUnsafeBufferPointer { buffer in
    String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  defer { removeTree(path) }
  try body(path)
}

/// The names in a folder, sorted.
func entries(_ path: String) -> [String] { Folder.names(in: path) }

func removeTree(_ path: String) {
  for name in entries(path) {
    if unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
  }
  rmdir(path)
}
