// SPDX-License-Identifier: Apache-2.0
//
// What stands in a folder, for whoever looks for files of ours.

import Glibc

/// Lists folders.
package enum Folder {
  /// The names in a folder, sorted, `.` and `..` left out; none where it cannot be read.
  package static func names(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { octets in
        String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
