// SPDX-License-Identifier: Apache-2.0
//
// A command line as a shell reads it.

enum ShellText {
  /// The words with spaces between them, quoted where a shell would take them apart.
  static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { octet in
      (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet & 0xDF)
        || "-._/:=,+@%".utf8.contains(octet)
    }
    if isPlain, !word.isEmpty { return word }
    let parts = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
  }
}
