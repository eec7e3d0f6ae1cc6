// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a command line or a script, all of it at once.

/// Problems that the caller can cure; the exit status is 64.
package struct UsageError: Error, CustomStringConvertible {
  /// A line each.
  package var problems: [String]

  package init(_ problems: [String]) { self.problems = problems }

  package init(_ problem: String) { problems = [problem] }

  package var description: String { problems.joined(separator: "\n") }
}

/// Why a command could not do what it was asked for; the exit status is 3.
package struct HarnessError: Error, CustomStringConvertible {
  /// One line.
  package var description: String

  package init(_ description: String) { self.description = description }
}
