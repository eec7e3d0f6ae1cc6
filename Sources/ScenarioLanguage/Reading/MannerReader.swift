// SPDX-License-Identifier: Apache-2.0
//
// Reads what stands in place of a single run of a dialogue: manners to compare, and searches.

import JSONText

extension ScriptReader {
  /// The manners in which the dialogue is played.
  func manners(_ fields: Fields, of scenario: Scenario) -> [Manner] {
    guard let value = fields["same-replies"] else { return [] }
    let manners = diagnosis.list(value, "same-replies") {
      diagnosis.word($0, "same-replies", Manner.self)
    }
    if let elements = value.elements, elements.count < 2 || Set(manners).count < manners.count {
      diagnosis.note(
        value.position, "\"same-replies\" is a list of at least two manners, each once")
    }
    for key in ["repeat", "sessions", "transaction", "search"] where fields.has(key) {
      diagnosis.note(
        fields.place(of: "same-replies"), "\"same-replies\" does not go with \"\(key)\"")
    }
    guard case .dialogue(let steps)? = scenario.runs.first?.body else { return manners }
    let hasGroup = steps.contains { step in
      if case .pipeline = step.kind { true } else { false }
    }
    if !hasGroup, fields.has("dialogue") {
      diagnosis.note(
        fields.place(of: "same-replies"),
        "\"same-replies\" needs a \"pipeline\" in the dialogue: nothing else is played differently")
    }
    return manners
  }

  /// A search for something.
  func search(_ value: JSONValue?) -> Search? {
    guard let value, let fields = Fields(value, Vocabulary.search, diagnosis) else { return nil }
    let subject = diagnosis.word(fields.required("for"), "for", Search.Subject.self)
    let sequences = diagnosis.integer(
      fields.required("sequences"), "sequences", 1...Limits.sequences)
    let commands = diagnosis.integer(
      fields.required("commands"), "commands", Limits.leastCommands...Limits.sequenceCommands)
    for address in [AddressName.sender, .recipient] where references[.address(address)] == nil {
      references[.address(address)] = value.position
    }
    guard let subject, let sequences, let commands else { return nil }
    return Search(subject: subject, sequences: sequences, commands: commands)
  }
}
