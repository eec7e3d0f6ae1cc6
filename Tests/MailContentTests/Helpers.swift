// SPDX-License-Identifier: Apache-2.0
//
// What the tests of message content share.

import Glibc
import MailContent
import TLSEngine
import Testing

/// OpenSSL's SHA-256 in the shape that this module asks for.
final class TestDigest: RunningDigest {
  private var digest = Sha256()
  func update(_ octets: UnsafeRawBufferPointer) { digest.update(octets) }
  func finish() -> [UInt8] { digest.finish() }
}

let sha256: DigestSource = { TestDigest() }

/// A factory with everything but the spec fixed.
func factory(_ spec: MessageSpec, seed: UInt64 = 7) throws -> MessageFactory {
  try MessageFactory(spec: spec, seed: seed, run: "run-1", time: 1_764_000_000, sha256: sha256)
}

/// Everything the cursor writes, in portions of the given size.
func octets(of cursor: MessageCursor, portion: Int = .max) -> [UInt8] {
  var cursor = cursor
  var out: [UInt8] = []
  while cursor.write(into: &out, atMost: portion) {}
  return out
}

func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

/// The text in lines, without their CRLF; what follows the last CRLF is the last line.
func lines(of octets: [UInt8]) -> [[UInt8]] {
  var lines: [[UInt8]] = [[]]
  var index = 0
  while index < octets.count {
    if octets[index] == 0x0D, index + 1 < octets.count, octets[index + 1] == 0x0A {
      lines.append([])
      index += 2
    } else {
      lines[lines.count - 1].append(octets[index])
      index += 1
    }
  }
  return lines
}

/// Stuffing as RFC 5321, section 4.5.2, words it: line by line, and slow.
func stuffedByTheBook(_ octets: [UInt8]) -> [UInt8] {
  var whole = octets
  if !whole.isEmpty, whole.suffix(2) != [0x0D, 0x0A] { whole += [0x0D, 0x0A] }
  var out: [UInt8] = []
  for line in lines(of: whole).dropLast() {
    if line.first == 0x2E { out.append(0x2E) }
    out += line + [0x0D, 0x0A]
  }
  return out + Array(".\r\n".utf8)
}

/// Where the body begins, by the first empty line.
func body(of octets: [UInt8]) -> [UInt8] {
  for index in octets.indices.dropLast(3)
  where octets[index..<index + 4].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) {
    return Array(octets[(index + 4)...])
  }
  return []
}

/// What a checker says of the whole.
func reading(of octets: [UInt8], normalisesLineEnds: Bool = false) -> IntegrityReading {
  var checker = IntegrityChecker(sha256: sha256, normalisesLineEnds: normalisesLineEnds)
  checker.update(octets)
  return checker.finish()
}

/// Runs the body with a fresh folder that holds the files, and removes it afterwards.
func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
  var template = Array("/tmp/relaymark-mail-XXXXXX".utf8CString)
  let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer {
    for name in files.keys { unlink(folder + "/" + name) }
    rmdir(folder)
  }
  for (name, octets) in files {
    let file = try #require(fopen(folder + "/" + name, "w"))
    defer { fclose(file) }
    try #require(fwrite(octets, 1, octets.count, file) == octets.count)
  }
  try body(folder)
}
