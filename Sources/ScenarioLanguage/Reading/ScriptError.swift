// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a scenario or a target profile, said so that its author finds the place and
// the cure. All problems of a file come at once.

package import JSONText

/// Why a scenario or profile cannot be used; nothing has been sent when it is thrown.
package struct ScriptError: Error, Sendable, Equatable, CustomStringConvertible {
  /// In the order of the file, at least one.
  package var problems: [Problem]

  package init(problems: [Problem]) { self.problems = problems }

  /// A single problem.
  package init(
    file: String, position: SourcePosition = .none, _ message: String, suggestion: String? = nil
  ) {
    problems = [
      Problem(file: file, position: position, message: message, suggestion: suggestion)
    ]
  }

  /// One line a problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }

  /// One thing that is wrong.
  package struct Problem: Sendable, Hashable, CustomStringConvertible {
    package var file: String
    /// `SourcePosition.none` where the whole file is meant.
    package var position: SourcePosition
    /// What is wrong and what was expected.
    package var message: String
    /// The nearest word that would have been right.
    package var suggestion: String?

    package init(
      file: String, position: SourcePosition, message: String, suggestion: String? = nil
    ) {
      self.file = file
      self.position = position
      self.message = message
      self.suggestion = suggestion
    }

    /// One line: `file:line:column: message; did you mean "word"?`.
    package var description: String {
      let place = position == .none ? file : "\(file):\(position.line):\(position.column)"
      let question = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
      return "\(place): \(message)\(question)"
    }
  }
}

/// Collects the problems of one file while it is read.
final class Diagnosis {
  let file: String
  private(set) var problems: [ScriptError.Problem] = []
  private var seen: Set<ScriptError.Problem> = []

  /// A file with more problems than this is the wrong file; the rest helps nobody.
  static let limit = 100

  init(file: String) { self.file = file }

  var isClean: Bool { problems.isEmpty }

  /// Notes a problem, once: a repeated dialogue is read many times.
  func note(_ position: SourcePosition, _ message: String, suggestion: String? = nil) {
    let problem = ScriptError.Problem(
      file: file, position: position, message: Escaped.controls(message),
      suggestion: suggestion.map(Escaped.controls))
    guard problems.count < Self.limit, seen.insert(problem).inserted else { return }
    problems.append(problem)
  }

  /// Notes a word that is none of the known ones, with the nearest of them.
  func noteUnknown(
    _ what: String, _ word: String, at position: SourcePosition, among known: [String],
    in place: String = ""
  ) {
    let nearest = NearestWord.find(word, among: known)
    let list = known.count <= 16 ? "; expected one of \(known.joined(separator: ", "))" : ""
    note(
      position, "unknown \(what) \"\(Escaped.text(word))\"\(place)\(nearest == nil ? list : "")",
      suggestion: nearest)
  }

  /// - Throws: All problems, if there are any.
  func finish() throws(ScriptError) {
    guard problems.isEmpty else {
      throw ScriptError(problems: problems.sorted { $0.position < $1.position })
    }
  }
}
