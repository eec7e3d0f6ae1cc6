// SPDX-License-Identifier: Apache-2.0
//
// The environment variables and the place of this process, without Foundation.

import Glibc

/// What the process was started with.
enum ProcessEnvironment {
  /// The environment, by name; of two equal names the first counts, as for `getenv`.
  static var variables: [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text).split(separator: "=", maxSplits: 1)
      if pair.count == 2, variables[String(pair[0])] == nil {
        variables[String(pair[0])] = String(pair[1])
      }
      entry += 1
    }
    return variables
  }

  /// The folder of the running program; nil where the system does not say.
  static var programFolder: String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = buffer.withUnsafeMutableBytes { octets in
      octets.withMemoryRebound(to: CChar.self) { characters in
        characters.baseAddress.map { readlink("/proc/self/exe", $0, characters.count) } ?? -1
      }
    }
    guard length > 0 else { return nil }
    let path = String(decoding: buffer.prefix(length), as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}
