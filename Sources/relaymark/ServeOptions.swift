// SPDX-License-Identifier: Apache-2.0
//
// What `relaymark serve` takes from the command line, made into the relay's configuration.

import ArgumentParser
import ReferenceRelay
import ScenarioLanguage

/// Where the relay listens.
struct ListenerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Address to listen on.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("Listen as a relay; 0 picks a free port.", valueName: "port"))
  var relay: Int?

  @Option(help: ArgumentHelp("Listen for submission with STARTTLS.", valueName: "port"))
  var submission: Int?

  @Option(help: ArgumentHelp("Listen for submission over implicit TLS.", valueName: "port"))
  var submissions: Int?

  @Option(
    help: ArgumentHelp("Listen for LMTP, at a port or a unix socket.", valueName: "port-or-path"))
  var lmtp: String?

  func validate() throws {
    for (name, port) in [
      ("relay", relay), ("submission", submission), ("submissions", submissions),
    ] {
      guard let port, !(0...65_535).contains(port) else { continue }
      throw ValidationError("--\(name) \(port) is no port")
    }
    if let lmtp, !lmtp.contains("/"), Int(lmtp).map({ !(0...65_535).contains($0) }) ?? true {
      throw ValidationError("--lmtp \(lmtp) is neither a port nor the path of a socket")
    }
  }

  /// All four roles on free ports where none is named.
  var listeners: [RelayListener] {
    var listeners: [RelayListener] = []
    for (role, port) in [
      (RelayRole.relay, relay), (.submission, submission), (.submissions, submissions),
    ] {
      if let port { listeners.append(RelayListener(role: role, host: host, port: port)) }
    }
    if let lmtp {
      listeners.append(
        Int(lmtp).map { RelayListener(role: .lmtp, host: host, port: $0) }
          ?? RelayListener(role: .lmtp, unixPath: lmtp))
    }
    if !listeners.isEmpty { return listeners }
    return RelayRole.allCases.map { RelayListener(role: $0, host: host, port: 0) }
  }
}

/// The next hop, `host:port` or `[address]:port`.
struct NextHopArgument: ExpressibleByArgument {
  var hop: RelayNextHop

  init?(argument: String) {
    guard let mark = argument.lastIndex(of: ":"),
      let port = Quantity.wholeNumber(argument[argument.index(after: mark)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = String(argument[..<mark])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    guard TargetProfile.isHost(host) else { return nil }
    hop = RelayNextHop(host: host, port: port)
  }
}

/// How the relay behaves.
struct BehaviourOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Name in greeting and trace fields.", valueName: "name"))
  var hostname: String?

  @Option(help: ArgumentHelp("Folder for accepted messages, as a Maildir.", valueName: "dir"))
  var maildir: String?

  @Option(
    help: ArgumentHelp(
      "Send every accepted message on to this relay, in clear text.", valueName: "host:port"))
  var relayTo: NextHopArgument?

  @Flag(help: "Read every message for its integrity mark and count what was changed.")
  var checkMarks = false

  @Flag(help: "Lift the protections that a load from one machine would meet.")
  var open = false

  @Option(
    help: ArgumentHelp("Break the relay in a named way; list shows the names.", valueName: "name"))
  var fault: [String] = []

  @Option(help: ArgumentHelp("Answer a stage later, as in rcpt=10ms.", valueName: "stage=duration"))
  var delay: [DelayArgument] = []

  @Option(
    help: ArgumentHelp(
      "Answer a stage with this, as in \"rcpt=451 4.3.0 later\"; :3 behind it for three times, :5% by chance.",
      valueName: "stage=reply"))
  var reply: [ReplyArgument] = []

  @Option(
    help: ArgumentHelp(
      "Answer a stage later each time on a connection, as in mail=50ms..2s: by a step, up to a bound.",
      valueName: "stage=step..most"))
  var tarpit: [TarpitArgument] = []

  @Option(
    help: ArgumentHelp(
      "Reset connections at a stage by chance, as in connect=10%.", valueName: "stage=share"))
  var drop: [DropArgument] = []

  @Option(
    help: ArgumentHelp(
      "Stand still once, as in 2s+1s: two seconds after the start, for one.",
      valueName: "begin+length"))
  var stall: [StallArgument] = []

  @Option(help: ArgumentHelp("Most sessions at a time.", valueName: "n"))
  var maxConnections: Int?

  @Option(help: ArgumentHelp("Most sessions at a time from one address.", valueName: "n"))
  var maxPerAddress: Int?

  @Option(
    help: ArgumentHelp("End each connection with 421 after so many messages.", valueName: "n"))
  var maxMessages: Int?

  @Option(help: ArgumentHelp("Largest message.", valueName: "octets"))
  var maxSize: SizeArgument?

  /// The configuration.
  ///
  /// - Throws: `UsageError` for faults that nobody knows, all at once.
  func configuration() throws -> RelayConfiguration {
    var configuration = RelayConfiguration(limits: open ? .load : .standard)
    if let hostname { configuration.hostName = hostname }
    configuration.maildir = maildir
    configuration.nextHop = relayTo?.hop
    configuration.checksIntegrity = checkMarks
    configuration.rules =
      stall.map(\.rule) + drop.map(\.rule) + reply.map(\.rule) + tarpit.map(\.rule)
      + delay.map(\.rule)
    if let maxConnections { configuration.limits.connections = maxConnections }
    if let maxPerAddress { configuration.limits.connectionsPerAddress = maxPerAddress }
    if let maxMessages { configuration.limits.transactions = maxMessages }
    if let maxSize { configuration.limits.messageSize = maxSize.octets }
    configuration.faults = try FaultNames.faults(fault)
    return configuration
  }
}
