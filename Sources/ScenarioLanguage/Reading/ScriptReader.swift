// SPDX-License-Identifier: Apache-2.0
//
// The state of reading one scenario file; the extensions of this class read its parts.

import JSONText

/// Reads one scenario; made, used once and thrown away.
final class ScriptReader {
  let diagnosis: Diagnosis
  /// The folder of the file, with which relative paths in it begin; empty for the current one.
  let folder: String
  /// The names that texts may refer to at the present place.
  var scope = Scope()
  /// Every name that is referred to, with the first place.
  var references: [Reference: SourcePosition] = [:]
  /// Octets that `${fill:…}` has added so far.
  var filled = 0
  /// Steps read so far, repetitions written out.
  var stepCount = 0
  /// Whether a step logs in with what the profile supplies.
  var needsCredentials = false
  /// Whether a step is a TLS handshake of its own.
  var needsTLS = false
  /// Whether a step looks at what the profile's sink received.
  var needsSink = false

  init(file: String) {
    diagnosis = Diagnosis(file: file)
    folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
  }

  /// A path, from the file's folder on where it is relative.
  func path(_ value: JSONValue?, _ what: String) -> String? {
    guard let value, let path = diagnosis.words(value, what) else { return nil }
    guard !path.utf8.contains(0) else {
      diagnosis.note(value.position, "\"\(what)\" is a path and cannot hold NUL")
      return nil
    }
    return path.hasPrefix("/") ? path : folder + path
  }

  /// Counts a step; false, with a note, beyond the limit.
  func countStep(at position: SourcePosition) -> Bool {
    stepCount += 1
    if stepCount == Limits.steps + 1 {
      diagnosis.note(
        position, "more than \(Limits.steps) steps, with repetitions written out")
    }
    return stepCount <= Limits.steps
  }
}
