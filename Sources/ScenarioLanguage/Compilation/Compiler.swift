// SPDX-License-Identifier: Apache-2.0
//
// From a scenario and a target to a program: every name that is known now is filled in, the start
// state is reached by instructions of the harness's own, and the end is polite.

import JSONText

/// Compiles scenarios.
package enum Compiler {
  /// Compiles a scenario for a target.
  ///
  /// Ask `Scenario.unmetNeeds(of:)` first: what is missing there is an error here.
  ///
  /// - Parameter run: The id of the run, for `${run}`.
  /// - Throws: Names that the target or the environment gives no value, with their places.
  package static func compile(
    _ scenario: Scenario, for target: TargetProfile, run: String,
    environment: Environment = ProcessEnvironment.value
  ) throws(ScriptError) -> Program {
    let diagnosis = Diagnosis(file: scenario.file)
    let program = withoutActuallyEscaping(environment) { environment in
      let values = KnownValues(
        target: target, client: scenario.client, run: run, environment: environment,
        diagnosis: diagnosis)
      return ProgramCompiler(scenario: scenario, target: target, values: values).program()
    }
    try diagnosis.finish()
    return program
  }
}

/// Compiles one scenario.
private struct ProgramCompiler {
  let scenario: Scenario
  var target: TargetProfile
  let values: KnownValues

  func program() -> Program {
    Program(
      id: scenario.id, title: scenario.title,
      runs: scenario.manners.isEmpty
        ? scenario.runs.map(run) : runsInManners,
      feed: scenario.feed, sink: sink, judgements: scenario.judgements, report: scenario.report,
      recovery: recovery)
  }

  /// The dialogue once for each manner that the target allows, over TLS only where that is asked of
  /// it elsewhere.
  private var runsInManners: [Program.Run] {
    guard case .dialogue(let steps)? = scenario.runs.first?.body else { return [] }
    let manners = scenario.manners.filter { $0 != .secure || target.tls.isPutOff }
    return manners.map { manner in
      var compiler = self
      if manner == .secure { compiler.target.tls.mode = .starttls }
      let session = compiler.main(steps, in: manner)
      return Program.Run(values: [("manner", manner.rawValue)], sessions: [session])
    }
  }

  /// Steps with connections of their own leave no session to be opened for them.
  private func run(_ run: Scenario.Run) -> Program.Run {
    if case .dialogue(let steps) = run.body, steps.contains(where: \.isErrand) {
      return Program.Run(values: run.values, sessions: [], errands: errands(steps))
    }
    return Program.Run(values: run.values, sessions: sessions(run.body))
  }

  private func errands(_ steps: [Step]) -> [Errand] {
    let compiler = StepCompiler(target: target, values: values)
    return steps.compactMap { step in
      var needs = scenario.needs.extensions
      if case .deliver(_, _, _, let content) = step.kind {
        needs += compiler.spec(content).neededExtensions.filter { !needs.contains($0) }
      }
      let session = self.session(
        "delivery", from: scenario.start ?? .ready, transaction: [], needs: needs)
      return ErrandCompiler(steps: compiler, target: target, session: session).errand(step)
    }
  }

  private func sessions(_ body: Scenario.Body) -> [SessionProgram] {
    switch body {
    case .dialogue(let steps): [main(steps)]
    case .load(let script): [load(script)]
    case .sessions(let sessions): sessions.map(named)
    }
  }

  /// A dialogue, once or as the transaction of a load.
  private func main(_ steps: [Step], in manner: Manner? = nil) -> SessionProgram {
    let start = scenario.connectsByItself ? nil : scenario.start ?? .ready
    return session(
      "main", from: start, transaction: steps, needs: scenario.needs.extensions, in: manner)
  }

  private func load(_ script: LoadScript) -> SessionProgram {
    let start = scenario.connectsByItself ? nil : scenario.start ?? .ready
    return session(
      "main", from: start, setup: script.setup ?? [], between: script.between,
      transaction: script.transaction,
      teardown: script.teardown, needs: scenario.needs.extensions)
  }

  private func named(_ session: NamedSession) -> SessionProgram {
    var program = self.session(
      session.name, from: session.start, source: session.source, transaction: session.dialogue,
      needs: session.start < .hello ? [] : scenario.needs.extensions)
    program.schedule = SessionSchedule(
      counts: session.counts, every: session.every, hold: session.hold,
      source: session.source.map(values.fixed))
    return program
  }

  // MARK: - One session

  /// - Parameters:
  ///   - start: nil: the script connects by itself.
  ///   - teardown: nil: QUIT, where it makes sense.
  ///   - manner: nil: groups as they stand.
  private func session(
    _ name: String, from start: StartState?, source: ScriptText? = nil, setup: [Step] = [],
    between: [Step] = [], transaction: [Step], teardown: [Step]? = nil, needs: [String],
    in manner: Manner? = nil
  ) -> SessionProgram {
    let compiler = StepCompiler(target: target, values: values)
    let preparation = Preparation(target: target, hello: values.hello)
    var instructions = start.map { preparation.reach($0, from: source.map(values.fixed)) } ?? []
    if manner == .secure { instructions = preparation.requiringSTARTTLS(instructions) }
    instructions += setup.flatMap(compiler.instructions)
    let hasHello = start.map { $0 >= .hello } ?? false || setup.contains(where: Self.isHello)
    let extensions =
      hasHello ? Self.extensions(needs, used: setup + between + transaction, in: manner) : []
    if !extensions.isEmpty { instructions.append(preparation.require(extensions)) }
    let setupEnd = instructions.count
    instructions += between.flatMap(compiler.instructions)
    let betweenEnd = instructions.count
    let steps = transaction.flatMap(compiler.instructions)
    instructions += manner.map { $0.played(steps) } ?? steps
    let transactionEnd = instructions.count
    if let teardown {
      instructions += teardown.flatMap(compiler.instructions)
    } else if Self.endsWithQuit(start, setup + transaction) {
      instructions.append(preparation.quit)
    }
    return SessionProgram(
      name: name, instructions: instructions, setup: 0..<setupEnd,
      between: setupEnd..<betweenEnd, transaction: betweenEnd..<transactionEnd,
      teardown: transactionEnd..<instructions.count, needsExtensions: extensions,
      hello: values.hello, isLMTP: target.role == .lmtp, think: scenario.load?.think,
      after421: scenario.load?.after421 ?? .reopen)
  }

  /// The needs as written, and those of the steps: a client may use neither PIPELINING nor CHUNKING
  /// unless they are offered (RFC 2920 section 3.1, RFC 3030 section 2).
  private static func extensions(
    _ needs: [String], used steps: [Step], in manner: Manner?
  ) -> [String] {
    var extensions = needs
    for step in steps {
      let used: String? =
        switch step.kind {
        case .pipeline where manner?.isPipelined ?? true: "PIPELINING"
        case .bdat: "CHUNKING"
        default: nil
        }
      if let used, !extensions.contains(used) { extensions.append(used) }
    }
    return extensions
  }

  private static func isHello(_ step: Step) -> Bool {
    Phase(command: step.command) == .ehlo
  }

  /// RFC 5321 section 4.1.1.10 wants QUIT; but not where the script has ended the connection
  /// itself, nor where it has not even waited for the greeting.
  private static func endsWithQuit(_ start: StartState?, _ steps: [Step]) -> Bool {
    if start == .connected { return false }
    guard let last = steps.last else { return true }
    if case .close = last.kind { return false }
    return Phase(command: last.command) != .quit
  }

  // MARK: - Beside the sessions

  private var sink: SinkScript? {
    scenario.sink.map { SinkScript(replies: $0.replies) }
  }

  private var recovery: Recovery? {
    scenario.recover.map { request in
      Recovery(
        after: request.after,
        session: session("recovery", from: .ready, transaction: request.dialogue, needs: []))
    }
  }
}
