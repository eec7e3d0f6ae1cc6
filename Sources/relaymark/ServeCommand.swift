// SPDX-License-Identifier: Apache-2.0
//
// `relaymark serve`: the embedded relay on its own, until it is told to stop.

import ArgumentParser
import JSONText
import LoadEngine
import NIOCore
import NIOPosix
import ReferenceRelay
import RunRecord

/// Serves as a relay.
struct ServeCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the embedded relay until interrupted.",
    discussion: """
      Without a listener, all four roles listen on free ports. Each is told on a line of its own, \
      such as "relay 127.0.0.1:41234". At the end the counts are printed.
      """)

  @OptionGroup(title: "Listeners") var listeners: ListenerOptions
  @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions

  @Option(help: ArgumentHelp("Write the authority that signed the certificate.", valueName: "file"))
  var writeCA: String?

  @Option(help: ArgumentHelp("Write the counts as JSON at the end.", valueName: "file"))
  var counts: String?

  @Option(help: ArgumentHelp("Threads that serve.", valueName: "n"))
  var workers = 1

  func validate() throws {
    guard (1...LoadOptions.mostWorkers).contains(workers) else {
      throw ValidationError("--workers \(workers) is not between 1 and \(LoadOptions.mostWorkers)")
    }
  }

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    let console = surroundings.console
    if behaviour.fault.contains("list") {
      for fault in RelayFaultCatalogue.all { console.result("\(fault.name)  \(fault.summary)\n") }
      return .passed
    }
    let configuration = try behaviour.configuration()
    ProcessFacts.raiseFileLimit()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: workers)
    let relay: ReferenceRelay
    do {
      relay = try await ReferenceRelay.start(
        configuration, listeners: listeners.listeners, group: group)
    } catch {
      try await group.shutdownGracefully()
      throw HarnessError("cannot serve: \(error)")
    }
    do {
      if let writeCA { try WholeFile.write(relay.authorityPEM, to: writeCA) }
      for endpoint in relay.endpoints { console.result("\(endpoint)\n") }
      await surroundings.interruption.awaitOne()
      await relay.stop()
      try tell(relay.counters(), on: console)
    } catch {
      await relay.stop()
      try await group.shutdownGracefully()
      throw HarnessError("\(error)")
    }
    try await group.shutdownGracefully()
    return .passed
  }

  private func tell(_ counters: RelayCounters, on console: Console) throws {
    let counts = RelayCounts(counters)
    console.result(counts.text)
    if let file = self.counts { try WholeFile.write(JSONWriter.text(counts.value), to: file) }
  }
}
