// SPDX-License-Identifier: Apache-2.0
//
// The root of the command line, and the one entry through which `main` and the tests come in.

package import ArgumentParser
package import RunRecord

/// The program `relaymark`.
package struct RelaymarkCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "relaymark",
    abstract: "Certifies and load-tests SMTP relays.",
    discussion: """
      Without --target, commands run against an embedded relay in the same process.
      Exit status: 0 passed, 1 a check failed, 2 a threshold was crossed or the measurement is \
      not valid, 3 could not run, 64 wrong command line or script, 130 interrupted.
      """,
    version: Release.version,
    subcommands: [
      RunCommand.self, CertifyCommand.self, ServeCommand.self, ValidateCommand.self,
      ListCommand.self, ExplainCommand.self, ReportCommand.self, CompareCommand.self,
    ])

  package init() {}

  /// Runs one command line to its end.
  ///
  /// - Parameters:
  ///   - arguments: Without the program's name.
  ///   - surroundings: The streams, the environment and the user's wish to stop.
  /// - Returns: How the process should end. Every error has been told by then.
  package static func run(
    arguments: [String], surroundings: Surroundings
  ) async -> RunExit {
    let exit = await perform(arguments, surroundings: surroundings)
    guard let reason = surroundings.console.outputFailure else { return exit }
    surroundings.console.error("standard output: cannot write: \(reason)")
    return exit == .interrupted ? exit : .couldNotRun
  }

  private static func perform(_ arguments: [String], surroundings: Surroundings) async -> RunExit {
    do {
      var surroundings = surroundings
      surroundings.arguments = arguments
      var command = try parseAsRoot(arguments)
      if let action = command as? any Action { return try await action.perform(in: surroundings) }
      if command is RelaymarkCommand {
        // Nothing was asked for, and that is not a success.
        surroundings.console.note(helpMessage() + "\n")
        return .usage
      }
      // The parser's own commands, which are about help, throw what is to be shown.
      try command.run()
      return .passed
    } catch let error as UsageError {
      for problem in error.problems { surroundings.console.error(problem) }
      return .usage
    } catch let error as HarnessError {
      surroundings.console.error(error.description)
      return .couldNotRun
    } catch {
      return explain(error, on: surroundings.console)
    }
  }

  /// Help and version are results; what the parser refuses is a usage error.
  private static func explain(_ error: any Error, on console: Console) -> RunExit {
    let text = fullMessage(for: error)
    if exitCode(for: error).isSuccess {
      console.result(text + "\n")
      return .passed
    }
    console.note(text + "\n")
    return .usage
  }
}

/// A command that does something.
protocol Action {
  /// Does the work and tells the result.
  ///
  /// - Throws: `UsageError` or `HarnessError`, untold.
  func perform(in surroundings: Surroundings) async throws -> RunExit
}

/// What a command line runs in.
package struct Surroundings: Sendable {
  /// The command line, without the program's name.
  package var arguments: [String] = []
  package var console: Console
  package var environment: [String: String]
  package var interruption: Interruption

  package init(
    console: Console, environment: [String: String] = [:],
    interruption: Interruption = Interruption()
  ) {
    self.console = console
    self.environment = environment
    self.interruption = interruption
  }
}

/// Which release this is.
enum Release {
  static let version = "0.1.0"
}
