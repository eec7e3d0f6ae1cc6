// SPDX-License-Identifier: Apache-2.0
//
// Writes repetitions out: each run is read from the same JSON with its own values in place of
// their names, so that a varied value may stand wherever a string may.

import JSONText

/// The values of one run of a repetition, by name, in the order of the file.
typealias RunValues = [(name: String, value: String)]

extension ScriptReader {
  /// The runs of `repeat`: as many as `times`, or as the longest list under `vary`; the lists are
  /// used in turn and from the front again.
  func runs(_ value: JSONValue) -> [RunValues] {
    guard let fields = Fields(value, Vocabulary.repetition, diagnosis) else { return [] }
    let varied = diagnosis.entries(fields["vary"], "vary").compactMap(variedValues)
    let longest = varied.map(\.values.count).max()
    let times = diagnosis.integer(fields["times"], "times", 1...Limits.repetitions)
    guard let count = times ?? longest else {
      if !fields.has("times"), !fields.has("vary") {
        diagnosis.note(fields.position, "\"repeat\" needs \"times\" or \"vary\"")
      }
      return []
    }
    if let times, let longest, times < longest {
      diagnosis.note(
        fields.place(of: "times"),
        "\"times\" is less than the \(longest) values of a list in \"vary\"")
    }
    return (0..<count).map { run in
      [("index", "\(run + 1)")] + varied.map { ($0.name, $0.values[run % $0.values.count]) }
    }
  }

  private func variedValues(
    _ member: JSONValue.Member
  ) -> (name: String, values: [String])? {
    let values = diagnosis.list(member.value, "vary") { element -> String? in
      if let number = element.integer { return "\(number)" }
      return element.string
        ?? diagnosis.mismatch(element, member.key, "a list of strings and whole numbers")
    }
    guard let name = ownVariable(member, "vary") else { return nil }
    guard !values.isEmpty, values.count <= Limits.repetitions else {
      diagnosis.note(
        member.value.position,
        "\"\(name)\" is a list of 1 to \(Limits.repetitions) values")
      return nil
    }
    return (name, values)
  }

  /// The steps of `{"repeat": …, "dialogue": …}`, run after run.
  func repeated(_ fields: Fields) -> [Step] {
    guard let repetition = fields["repeat"], let dialogue = fields.required("dialogue") else {
      return []
    }
    var steps: [Step] = []
    for run in runs(repetition) where stepCount <= Limits.steps {
      steps += self.steps(dialogue.substituting(run), "dialogue")
    }
    return steps
  }
}

extension JSONValue {
  /// The value with `${name}` replaced in every string, as far as an inner repetition does not give
  /// the name a meaning of its own.
  func substituting(_ values: RunValues) -> JSONValue {
    switch content {
    case .string(let text):
      return JSONValue(.string(Self.substitute(text, values)), position: position)
    case .array(let elements):
      return JSONValue(.array(elements.map { $0.substituting(values) }), position: position)
    case .object(let members):
      let own = (self["repeat"]?["vary"]?.members ?? []).map(\.key) + ["index"]
      let remaining = self["repeat"] == nil ? values : values.filter { !own.contains($0.name) }
      let replaced = members.map { member in
        let inner = member.key == "dialogue" ? remaining : values
        return Member(
          key: member.key, keyPosition: member.keyPosition, value: member.value.substituting(inner))
      }
      return JSONValue(.object(replaced), position: position)
    case .null, .bool, .integer, .real:
      return self
    }
  }

  private static func substitute(_ text: String, _ values: RunValues) -> String {
    guard text.contains("${") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      let end = rest[start.upperBound...].firstIndex(of: "}")
      let name = end.map { rest[start.upperBound..<$0] }
      let value = values.first { $0.name[...] == name }?.value
      let isEscaped = rest[..<start.lowerBound].hasSuffix("$")
      result += rest[..<start.lowerBound]
      if let value, let end, !isEscaped {
        result += value
        rest = rest[rest.index(after: end)...]
      } else {
        result += "${"
        rest = rest[start.upperBound...]
      }
    }
    return result + rest
  }
}
