// SPDX-License-Identifier: Apache-2.0
//
// A folder of its own for each test that writes files.

import Glibc
import JSONText
import Testing

/// Runs the body with a fresh folder and removes the folder, with the files in it, afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/relaymark-json-XXXXXX".utf8CString)
  let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer {
    for name in entries(of: folder) { unlink(folder + "/" + name) }
    rmdir(folder)
  }
  try body(folder)
}

/// The names in a folder, sorted.
func entries(of folder: String) -> [String] { Folder.names(in: folder) }
