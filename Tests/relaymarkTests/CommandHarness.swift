// SPDX-License-Identifier: Apache-2.0
//
// Runs command lines as a shell would, without a process: arguments in, streams and exit out.

import Glibc
import JSONText
import RunRecord
import Synchronization
import Testing

@testable import relaymark

/// What a command line came to.
struct CommandResult: Sendable {
  var exit: RunExit
  var output: String
  var errors: String
}

/// Collects what a command writes.
private final class Collected: Sendable {
  let output = Mutex("")
  let errors = Mutex("")
}

/// Runs one command line.
func relaymark(
  _ arguments: [String], environment: [String: String] = [:],
  interruption: Interruption = Interruption()
) async -> CommandResult {
  let collected = Collected()
  let console = Console(
    output: { text in collected.output.withLock { $0 += text } },
    errors: { text in collected.errors.withLock { $0 += text } })
  let exit = await RelaymarkCommand.run(
    arguments: arguments,
    surroundings: Surroundings(
      console: console, environment: environment, interruption: interruption))
  return CommandResult(
    exit: exit, output: collected.output.withLock { $0 }, errors: collected.errors.withLock { $0 })
}

/// A folder that is gone after the body.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  var template = Array("/tmp/relaymark-test-XXXXXX".utf8CString)
  let made = template.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
  }
  try #require(made)
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { removeTree(path) }
  return try await body(path)
}

/// The names in a folder, sorted.
func entries(_ path: String) -> [String] { Folder.names(in: path) }

private func removeTree(_ path: String) {
  for name in entries(path) {
    if unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
  }
  rmdir(path)
}
