// SPDX-License-Identifier: Apache-2.0
//
// The failures that an operator lives with, each with its reason: a file beside the target's profile.
// Read with the place of every line, so that a waiver of nothing is found at once.

package import JSONText

/// One expected failure.
package struct Waiver: Sendable, Equatable {
  /// The id of a check, or of a folder of checks.
  package var check: String
  /// The role in which the failure is expected; nil: in any.
  package var role: Role?
  /// The gate at which it is expected; nil: at any.
  package var gate: Gate?
  /// What is expected: `fail`, `warn` or both.
  package var verdicts: [Verdict]
  /// Why it is lived with.
  package var reason: String
  package var file: String
  /// Where the id stands in the file.
  package var position: SourcePosition

  package init(
    check: String, role: Role? = nil, gate: Gate? = nil, verdicts: [Verdict] = [.fail],
    reason: String, file: String = "", position: SourcePosition = .none
  ) {
    self.check = check
    self.role = role
    self.gate = gate
    self.verdicts = verdicts
    self.reason = reason
    self.file = file
    self.position = position
  }

  /// The verdicts that can be waived: the others say nothing against the target.
  package static let waivable: [Verdict] = [.fail, .warn]

  /// Whether it speaks of the check: the id is its own, or that of a folder above.
  package func covers(_ id: String) -> Bool {
    id == check || id.hasPrefix(check.hasSuffix("/") ? check : check + "/")
  }

  /// Where it stands, `postfix.json:12`.
  package var place: String { position == .none ? file : "\(file):\(position.line)" }
}

/// The waivers of one file.
package struct WaiverFile: Sendable, Equatable {
  package var waivers: [Waiver]

  /// Reads a waiver file.
  ///
  /// - Throws: Everything that is wrong with it.
  package static func decode(file path: String) throws(ScriptError) -> WaiverFile {
    let value: JSONValue
    do {
      value = try JSONReader.read(file: path)
    } catch {
      throw ScriptError(file: path, position: error.position, error.message)
    }
    return try decode(value, file: path)
  }

  /// Reads waivers from a JSON value, as it would stand in `file`.
  package static func decode(
    _ value: JSONValue, file: String
  ) throws(ScriptError) -> WaiverFile {
    let diagnosis = Diagnosis(file: file)
    let waivers = WaiverReader(file: file, diagnosis: diagnosis).waivers(value)
    try diagnosis.finish()
    return WaiverFile(waivers: waivers)
  }

  /// Whether a file is meant as a list of waivers; one that cannot be read is none.
  package static func isWaivers(file path: String) -> Bool {
    guard let value = try? JSONReader.read(file: path) else { return false }
    return value["waivers"]?.elements != nil && value["title"] == nil
  }

  /// Holds the ids against those that there are.
  ///
  /// - Throws: Every waiver that speaks of no check, with the nearest id.
  package func verify(known ids: [String]) throws(ScriptError) {
    let unknown = waivers.filter { waiver in !ids.contains(where: waiver.covers) }
    guard !unknown.isEmpty else { return }
    throw ScriptError(
      problems: unknown.map { waiver in
        ScriptError.Problem(
          file: waiver.file, position: waiver.position,
          message: "no check has the id \"\(Escaped.text(waiver.check))\", or one that begins so",
          suggestion: Self.nearest(to: waiver.check, among: ids))
      })
  }

  /// The nearest id or folder; where only the folders are off, the id with the nearest last part.
  private static func nearest(to word: String, among ids: [String]) -> String? {
    var folders: [String] = []
    for id in ids {
      guard let end = id.lastIndex(of: "/") else { continue }
      let folder = String(id[..<end])
      if folders.last != folder { folders.append(folder) }
    }
    if let near = NearestWord.find(word, among: ids + folders) { return near }
    let name = { (id: String) in id.split(separator: "/").last.map(String.init) ?? id }
    let near = NearestWord.find(name(word), among: ids.map(name))
    return near.flatMap { found in ids.first { name($0) == found } }
  }
}

/// Reads one file.
private struct WaiverReader {
  let file: String
  let diagnosis: Diagnosis

  func waivers(_ value: JSONValue) -> [Waiver] {
    guard let fields = Fields(value, Vocabulary.waiverFile, diagnosis) else { return [] }
    _ = diagnosis.string(fields["$schema"], "$schema")
    _ = diagnosis.words(fields["target"], "target")
    let list = fields.required("waivers")
    let waivers = diagnosis.list(list, "waivers", of: waiver)
    for (place, waiver) in waivers.enumerated() {
      let isDouble = waivers[..<place].contains { earlier in
        earlier.check == waiver.check && earlier.role == waiver.role
          && earlier.gate == waiver.gate
          && !Set(earlier.verdicts).isDisjoint(with: waiver.verdicts)
      }
      if isDouble { diagnosis.note(waiver.position, "this was waived already") }
    }
    return waivers
  }

  private func waiver(_ value: JSONValue) -> Waiver? {
    guard let fields = Fields(value, Vocabulary.waiver, diagnosis) else { return nil }
    let check = fields.required("check")
    let id = diagnosis.words(check, "check")
    let reason = diagnosis.words(fields.required("reason"), "reason")
    let role = diagnosis.word(fields["role"], "role", Role.self)
    let gate = diagnosis.word(fields["gate"], "gate", Gate.self)
    let verdicts = diagnosis.list(fields["verdicts"], "verdicts", of: verdict)
    if fields.has("verdicts"), fields["verdicts"]?.elements?.isEmpty ?? false {
      diagnosis.note(fields.place(of: "verdicts"), "\"verdicts\" is empty and waives nothing")
    }
    guard let check, let id, let reason else { return nil }
    return Waiver(
      check: id, role: role, gate: gate, verdicts: verdicts.isEmpty ? [.fail] : verdicts,
      reason: reason, file: file, position: check.position)
  }

  private func verdict(_ value: JSONValue) -> Verdict? {
    guard let text = diagnosis.string(value, "verdicts") else { return nil }
    if let verdict = Waiver.waivable.first(where: { $0.rawValue == text }) { return verdict }
    diagnosis.noteUnknown(
      "verdict", text, at: value.position, among: Waiver.waivable.map(\.rawValue))
    return nil
  }
}
