// SPDX-License-Identifier: Apache-2.0
//
// Reads a scenario file as a whole: its head, then its body once for every run.

package import JSONText

extension Scenario {
  /// Reads a scenario file.
  ///
  /// - Parameter root: The folder below which the path is the scenario's id; without one, or where
  ///   the file lies elsewhere, the path as given.
  /// - Throws: Everything that is wrong with it, where it stands and how it should be.
  package static func decode(
    file path: String, root: String? = nil
  ) throws(ScriptError) -> Scenario {
    do {
      return try decode(JSONReader.read(file: path), file: path, root: root)
    } catch let error as JSONError {
      throw ScriptError(file: path, position: error.position, error.message)
    } catch let error as ScriptError {
      throw error
    } catch {
      throw ScriptError(file: path, "\(error)")
    }
  }

  /// Reads a scenario from a JSON value, as it would stand in `file`.
  package static func decode(
    _ value: JSONValue, file: String, root: String? = nil
  ) throws(ScriptError) -> Scenario {
    let reader = ScriptReader(file: file)
    let scenario = reader.scenario(value, id: id(of: file, root: root))
    try reader.diagnosis.finish()
    guard let scenario else { throw ScriptError(file: file, "cannot be read") }
    return scenario
  }

  /// The path without the suffix `.json`, relative to the root if it lies below it.
  static func id(of file: String, root: String?) -> String {
    var path = file[...]
    if path.hasSuffix(".json") { path = path.dropLast(5) }
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    guard var root = root.map({ $0[...] }) else { return String(path) }
    while root.hasPrefix("./") { root = root.dropFirst(2) }
    if !root.isEmpty, !root.hasSuffix("/") { root += "/" }
    return String(path.hasPrefix(root) ? path.dropFirst(root.count) : path)
  }
}

extension ScriptReader {
  func scenario(_ value: JSONValue, id: String) -> Scenario? {
    guard let fields = Fields(value, Vocabulary.scenario, diagnosis) else { return nil }
    _ = diagnosis.string(fields["$schema"], "$schema")
    var scenario = Scenario(
      id: id, file: diagnosis.file,
      title: diagnosis.words(fields.required("title"), "title") ?? "",
      proves: diagnosis.list(fields["proves"], "proves", of: requirement),
      applies: applies(fields["applies"]), security: security(fields["security"]),
      level: diagnosis.word(fields["level"], "level", AbuseLevel.self) ?? .odd,
      needs: needs(fields["needs"]),
      faults: diagnosis.list(fields["faults"], "faults") { name($0, "faults") },
      start: diagnosis.word(fields["start"], "start", StartState.self),
      client: text(fields["client"], "client", .fixed), feed: feed(fields["feed"]),
      load: load(fields["load"]), study: diagnosis.word(fields["study"], "study", Study.self),
      thresholds: thresholds(fields["thresholds"]), sink: nil,
      judgements: [], report: [], recover: nil, manners: [], search: nil, runs: [],
      references: [:])
    scope.columns = scenario.feed?.columns ?? []
    scenario.sink = sink(fields["sink"])
    scenario.search = search(fields["search"])
    scenario.runs = runs(fields, start: scenario.start ?? .ready)
    scenario.manners = manners(fields, of: scenario)
    scenario.recover = recovery(fields["recover"])
    let measured = scenario.measured
    scenario.judgements = judgements(fields["verdict"], measured)
    scenario.report = report(fields["report"], measured)
    hold(&scenario, fields)
    scenario.references = references
    return scenario
  }

  // MARK: - Head

  /// The id of a requirement: `5321-4.1.1.5-rset-clears`.
  private func requirement(_ value: JSONValue) -> String? {
    guard let text = diagnosis.string(value, "proves") else { return nil }
    let isId =
      !text.isEmpty
      && text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
    if isId { return text }
    diagnosis.note(
      value.position,
      "\"proves\" lists requirement ids such as \"5321-4.1.1.5-rset-clears\", not \"\(Escaped.text(text))\""
    )
    return nil
  }

  private func applies(_ value: JSONValue?) -> [Role] {
    guard let value else { return Role.allCases }
    let roles = diagnosis.list(value, "applies") { diagnosis.word($0, "role", Role.self) }
    if value.elements?.isEmpty == true {
      diagnosis.note(value.position, "\"applies\" is a list of at least one role")
    }
    return roles
  }

  private func security(_ value: JSONValue?) -> Security? {
    guard let value, let fields = Fields(value, Vocabulary.security, diagnosis) else { return nil }
    let severity = diagnosis.word(
      fields.required("severity"), "severity", Security.Severity.self)
    let kind = diagnosis.words(fields.required("class"), "class")
    guard let severity, let kind else { return nil }
    return Security(severity: severity, kind: kind)
  }

  private func needs(_ value: JSONValue?) -> Needs {
    var needs = Needs()
    guard let value, let fields = Fields(value, Vocabulary.needs, diagnosis) else { return needs }
    needs.extensions = keywords(fields["extensions"], "extensions")
    needs.credentials = diagnosis.bool(fields["credentials"], "credentials") ?? false
    needs.addresses = diagnosis.list(fields["addresses"], "addresses") {
      diagnosis.word($0, "address", AddressName.self)
    }
    needs.sink = diagnosis.bool(fields["sink"], "sink") ?? false
    needs.tls = diagnosis.bool(fields["tls"], "tls") ?? false
    needs.trust = diagnosis.bool(fields["trust"], "trust") ?? false
    needs.sources = diagnosis.integer(fields["sources"], "sources", 0...256) ?? 0
    return needs
  }

  // MARK: - Body

  private func runs(_ fields: Fields, start: StartState) -> [Scenario.Run] {
    fields.allowOne(of: ["dialogue", "sessions", "transaction", "search"])
    for key in ["setup", "between", "teardown"] where fields.has(key) && !fields.has("transaction")
    {
      diagnosis.note(fields.place(of: key), "\"\(key)\" goes with \"transaction\"")
    }
    guard let repetition = fields["repeat"] else {
      return body(fields, [], start).map { [Scenario.Run(values: [], body: $0)] } ?? []
    }
    if fields.has("transaction") {
      diagnosis.note(
        fields.place(of: "repeat"),
        "\"repeat\" does not go with \"transaction\", which repeats by itself")
    }
    return self.runs(repetition).compactMap { values in
      stepCount > Limits.steps
        ? nil
        : body(fields, values, start).map { body in
          Scenario.Run(values: values.filter { $0.name != "index" }, body: body)
        }
    }
  }

  private func body(
    _ fields: Fields, _ values: RunValues, _ start: StartState
  ) -> Scenario.Body? {
    scope.captures = []
    if fields.has("search") { return .dialogue([]) }
    if let dialogue = fields["dialogue"] {
      return .dialogue(self.dialogue(dialogue.substituting(values)))
    }
    if let sessions = fields["sessions"] {
      return .sessions(self.sessions(sessions.substituting(values), start: start))
    }
    guard let transaction = fields["transaction"] else {
      if !fields.has("setup"), !fields.has("teardown") {
        diagnosis.note(
          fields.position,
          "a scenario needs \"dialogue\", \"sessions\", \"transaction\" or \"search\"")
      }
      return nil
    }
    let setup = fields["setup"].map { steps($0, "setup") }
    let between = fields["between"].map { steps($0, "between") } ?? []
    let repeated = steps(transaction, "transaction")
    return .load(
      LoadScript(
        setup: setup, between: between, transaction: repeated,
        teardown: fields["teardown"].map { steps($0, "teardown") }))
  }

  // MARK: - The whole

  /// Holds the parts against each other and derives needs from the steps.
  private func hold(_ scenario: inout Scenario, _ fields: Fields) {
    for key in ["load", "thresholds", "feed"] where fields.has(key) && fields.has("sessions") {
      diagnosis.note(fields.place(of: key), "\"\(key)\" does not go with named \"sessions\"")
    }
    holdConnect(scenario, fields)
    holdLevel(scenario, fields)
    holdTransaction(scenario, fields)
    holdStudy(scenario, fields)
    holdErrands(scenario, fields)
    if needsCredentials { scenario.needs.credentials = true }
    if needsSink { scenario.needs.sink = true }
    if needsTLS { scenario.needs.tls = true }
    for name in AddressName.allCases
    where references[.address(name)] != nil && !scenario.needs.addresses.contains(name) {
      scenario.needs.addresses.append(name)
    }
    for case .source(let number) in references.keys {
      scenario.needs.sources = max(scenario.needs.sources, number)
    }
    let reached = scenario.start ?? .ready
    if !scenario.needs.extensions.isEmpty, reached < .hello, !scenario.connectsByItself {
      diagnosis.note(
        fields.place(of: "needs"),
        "\"extensions\" are known after EHLO; \"start\" has to be hello, secure or ready")
    }
  }

  /// A scenario reaches its start state itself, or has it reached, not both.
  private func holdConnect(_ scenario: Scenario, _ fields: Fields) {
    guard scenario.connectsByItself, fields.has("start") else { return }
    diagnosis.note(
      fields.place(of: "start"), "\"start\" does not go with a \"connect\" as the first step")
  }

  /// L1 is one odd connection; more of them at a time are load.
  private func holdLevel(_ scenario: Scenario, _ fields: Fields) {
    let sessions = scenario.runs.flatMap { run -> [NamedSession] in
      guard case .sessions(let sessions) = run.body else { return [] }
      return sessions
    }
    guard scenario.level < .bounded,
      let crowd = sessions.first(where: { ($0.counts.last ?? 1) > 1 })
    else { return }
    diagnosis.note(
      crowd.position,
      "session \"\(crowd.name)\" opens several connections; that needs \"level\": \"L2\"")
  }

  /// A study sets by itself what a connection carries.
  private func holdStudy(_ scenario: Scenario, _ fields: Fields) {
    guard fields.has("study") else { return }
    let place = fields.place(of: "study")
    guard scenario.isLoad, let load = scenario.load, !load.isOpen else {
      diagnosis.note(
        place, "\"study\" goes with \"transaction\", and \"load\" with \"sessions\"")
      return
    }
    if load.perConnection != .endless {
      diagnosis.note(place, "\"study\" does not go with \"per_connection\", which it varies")
    }
  }

  /// An empty transaction makes sense only where none is to run.
  private func holdTransaction(_ scenario: Scenario, _ fields: Fields) {
    guard case .load(let script)? = scenario.runs.first?.body, script.transaction.isEmpty,
      fields["transaction"]?.elements?.isEmpty == true,
      scenario.load?.perConnection != .fixed(0)
    else { return }
    diagnosis.note(
      fields.place(of: "transaction"),
      "\"transaction\" is empty; that needs \"per_connection\": 0 under \"load\"")
  }
}

extension Scenario {
  /// Whether the first thing the script does is to connect, so that no start state is reached first.
  package var connectsByItself: Bool {
    let first: Step?
    switch runs.first?.body {
    case .dialogue(let steps)?: first = steps.first
    case .load(let script)?: first = script.setup?.first
    case .sessions?, nil: first = nil
    }
    switch first?.kind {
    case .connect?, .handshake?: return true
    default: return false
    }
  }

  /// The sessions with the names that their steps measure.
  var measured: [(session: String, names: [String])] {
    switch runs.first?.body {
    case .dialogue(let steps)?: [("main", steps.compactMap(\.measure))]
    case .load(let script)?: [("main", script.transaction.compactMap(\.measure))]
    case .sessions(let sessions)?:
      sessions.map { ($0.name, $0.dialogue.compactMap(\.measure)) }
    case nil: []
    }
  }
}
