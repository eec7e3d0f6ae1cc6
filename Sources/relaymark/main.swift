// SPDX-License-Identifier: Apache-2.0
//
// The process: streams and signals in, exit status out.

import Glibc
import RunRecord

let environment = ProcessEnvironment.variables
let surroundings = Surroundings(
  console: .standard(environment: environment), environment: environment,
  interruption: .ofSignals())
let arguments = Array(CommandLine.arguments.dropFirst())
exit(await RelaymarkCommand.run(arguments: arguments, surroundings: surroundings).rawValue)
