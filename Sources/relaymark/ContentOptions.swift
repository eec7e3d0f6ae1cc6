// SPDX-License-Identifier: Apache-2.0
//
// What a load sends and in which form of the protocol, as the command line writes it: smtp-source's
// letters beside long names. Holds every option against the scenario, so that none is ignored.

import ArgumentParser
import Glibc
import SASLExchange
import ScenarioLanguage

/// Envelope, content and protocol form of a run.
struct ContentOptions: ParsableArguments {
  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp(
      "Sender in place of the profile's; \"<>\" is the null sender.", valueName: "address"))
  var from: SenderArgument?

  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp("Recipient in place of the profile's.", valueName: "address"))
  var to: AddressArgument?

  @Flag(name: [.customShort("L"), .long], help: "Speak LMTP, whatever the target's role.")
  var lmtp = false

  @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "Connect over IPv4 alone.")
  var ipv4 = false

  @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "Connect over IPv6 alone.")
  var ipv6 = false

  @Option(
    name: [.customShort("r"), .long],
    help: ArgumentHelp(
      "Recipients of each message, all made from the first: 3user, 2user, user.", valueName: "n"))
  var recipients: Int?

  @Flag(
    name: [.customShort("N"), .long],
    help: "Begin each recipient with a number that never comes again.")
  var numberRecipients = false

  @Option(
    name: [.customShort("F"), .long],
    help: ArgumentHelp(
      "Send this message file as it is, or the *.eml files of a folder in turn.",
      valueName: "path"))
  var messageFile: String?

  @Flag(
    name: [.customShort("d"), .customLong("reuse")],
    help: "Do not disconnect between messages: --per-connection endless, the default.")
  var reuse = false

  @Option(
    name: [.customShort("w"), .long],
    help: ArgumentHelp(
      "Pause of each session between two messages: seconds, 250ms or 1s..5s.",
      valueName: "duration"))
  var think: PauseArgument?

  @Option(
    name: [.customShort("R"), .long],
    help: ArgumentHelp("The same, each pause by chance from 0 up to this.", valueName: "duration"))
  var randomThink: PauseArgument?

  @Option(
    help: ArgumentHelp(
      """
      Commands in one write: off (one), on (all that may), at most so many, or across (all that may, \
      and the next message's with the content of this one).
      """,
      valueName: "off|on|n|across"))
  var pipelining: PipeliningArgument?

  @Option(
    help: ArgumentHelp(
      "Send content with BDAT in chunks of this size, in place of DATA.", valueName: "octets"))
  var chunking: SizeArgument?

  @Flag(name: .customLong("8bitmime"), help: "Send BODY=8BITMIME and octets above 127.")
  var eightBit = false

  @Flag(name: .customLong("smtputf8"), help: "Send SMTPUTF8 and UTF-8 in the header.")
  var smtputf8 = false

  @Option(
    help: ArgumentHelp(
      "Ask for notifications: never, or some of success,failure,delay.", valueName: "when"))
  var dsn: NotifyArgument?

  @Option(
    help: ArgumentHelp("SASL mechanism to log in with, or best.", valueName: "mechanism"))
  var auth: MechanismArgument?

  @Flag(help: "Send RSET between the messages of a connection.")
  var rset = false

  func validate() throws {
    if let recipients, !(1...Limits.steps).contains(recipients) {
      throw ValidationError("--recipients \(recipients) is not between 1 and \(Limits.steps)")
    }
    if ipv4, ipv6 { throw ValidationError("--ipv4 and --ipv6 exclude each other") }
    if think != nil, randomThink != nil {
      throw ValidationError("--think and --random-think exclude each other")
    }
    if let randomThink, randomThink.range.lowerBound != randomThink.range.upperBound {
      throw ValidationError("--random-think takes the longest pause; a range goes with --think")
    }
    if let chunking, chunking.octets == 0 {
      throw ValidationError("--chunking 0 would send no content")
    }
    if let messageFile, access(messageFile, R_OK) != 0 {
      throw ValidationError("--message-file: \(messageFile) cannot be read")
    }
  }

  /// What is asked of the transactions.
  var form: LoadForm {
    var form = LoadForm()
    form.recipients = recipients
    form.numbersRecipients = numberRecipients
    form.messageFile = messageFile
    form.pipelining = pipelining?.value
    form.chunking = chunking?.octets
    form.eightBit = eightBit
    form.smtputf8 = smtputf8
    form.notify = dsn?.value
    form.mechanism = auth?.value
    form.resets = rset
    form.think = think?.range ?? randomThink.map { .zero...$0.range.upperBound }
    return form
  }
}

// MARK: - Against scenario and target

extension ContentOptions {
  /// The target options as these leave them: LMTP chooses the embedded relay's role.
  func applied(to options: TargetOptions) throws -> TargetOptions {
    var options = options
    guard lmtp, options.target == nil else { return options }
    if let role = options.role, role != .lmtp {
      throw UsageError("--lmtp and --role \(role.rawValue) exclude each other")
    }
    options.role = .lmtp
    return options
  }

  /// The target with what the command line puts in the place of its profile's words.
  func applied(to target: Target) -> Target {
    var target = target
    if let from { target.profile.addresses[.sender] = from.address }
    if let to {
      target.profile.addresses[.recipient] = to.address
    } else if target.isEmbedded, recipients ?? 1 > 1 || numberRecipients {
      // The embedded relay knows nine users, and takes everybody below sink.test.
      target.profile.addresses[.recipient] = "recipient@sink.test"
    }
    if ipv4 { target.profile.family = .ipv4 }
    if ipv6 { target.profile.family = .ipv6 }
    if lmtp, target.profile.role != .lmtp {
      let standard = TLSPolicy.standard(for: .lmtp, endpoint: target.profile.endpoint)
      target.profile.role = .lmtp
      target.profile.tls.mode = standard.mode
    }
    return target
  }

  /// - Throws: `UsageError` for addresses that no scenario uses, and for options that need a load.
  func check(scenarios: [Scenario], areLoad: Bool) throws {
    var problems: [String] = []
    let uses = { (names: [AddressName]) in
      scenarios.contains { scenario in names.contains(where: scenario.refers) }
    }
    if from != nil, !uses([.sender]) {
      problems.append("--from: the scenario does not use the profile's sender")
    }
    if to != nil, !uses([.recipient, .domain]) {
      problems.append("--to: the scenario does not use the profile's recipient")
    }
    if !areLoad, let option = loadOptions.first {
      problems.append("\(option) is for load; give --messages, or a scenario that has a load block")
    }
    guard problems.isEmpty else { throw UsageError(problems) }
  }

  /// - Throws: `UsageError` where a load leaves an option nothing to do.
  func check(perConnection: PerConnection, isOpen: Bool, hasSize: Bool) throws {
    var problems: [String] = []
    if rset, perConnection == .fixed(0) || perConnection == .fixed(1) {
      problems.append("--rset: no connection carries a second message; give --per-connection")
    }
    if think != nil || randomThink != nil {
      if isOpen {
        problems.append("--think is for closed loads: an open one begins messages by the clock")
      }
      if perConnection == .fixed(0) { problems.append("--think: no session sends messages") }
    }
    if messageFile != nil, hasSize {
      problems.append("--message-file and --size exclude each other")
    }
    guard problems.isEmpty else { throw UsageError(problems) }
  }

  /// A session in the form that was asked for.
  ///
  /// - Throws: `UsageError` with every option that the session has no place for.
  func shaped(_ session: SessionProgram, of scenario: Scenario) throws -> SessionProgram {
    var session = session
    let misfits = form.apply(to: &session)
    guard misfits.isEmpty else {
      throw UsageError(
        misfits.map { "--\($0.part.rawValue) does not fit \(scenario.file): \($0.reason)" })
    }
    return session
  }

  /// The options given that mean nothing to a check.
  private var loadOptions: [String] {
    let given: [(String, Bool)] = [
      ("--recipients", recipients != nil), ("--number-recipients", numberRecipients),
      ("--message-file", messageFile != nil), ("--reuse", reuse), ("--think", think != nil),
      ("--random-think", randomThink != nil), ("--pipelining", pipelining != nil),
      ("--chunking", chunking != nil), ("--8bitmime", eightBit), ("--smtputf8", smtputf8),
      ("--dsn", dsn != nil), ("--auth", auth != nil), ("--rset", rset),
    ]
    return given.filter(\.1).map(\.0)
  }
}

extension Scenario {
  /// Whether a text names the profile's address or a part of it.
  fileprivate func refers(to name: AddressName) -> Bool {
    references.keys.contains { reference in
      switch reference {
      case .address(name): true
      case .part(let part): part.name == name
      default: false
      }
    }
  }
}

// MARK: - Values

/// An address with a domain, without brackets.
struct AddressArgument: ExpressibleByArgument, Equatable {
  var address: String

  init?(argument: String) {
    guard TargetProfile.isAddress(argument) else { return nil }
    address = argument
  }
}

/// The same, or the null sender as smtp-source and RFC 5321 write it.
struct SenderArgument: ExpressibleByArgument, Equatable {
  var address: String

  init?(argument: String) {
    guard argument == "<>" || argument.isEmpty || TargetProfile.isAddress(argument) else {
      return nil
    }
    address = argument == "<>" ? "" : argument
  }
}

/// A pause, `250ms`, `1s..5s`, or in seconds as smtp-source writes it.
struct PauseArgument: ExpressibleByArgument, Equatable {
  var range: ClosedRange<Duration>

  init?(argument: String) {
    let text = Quantity.wholeNumber(argument) == nil ? argument : "\(argument)s"
    guard let range = Quantity.durations(text), range.upperBound <= Limits.stepTime else {
      return nil
    }
    self.range = range
  }
}

/// How many commands go out together, `off`, `on`, `across` or a number.
struct PipeliningArgument: ExpressibleByArgument, Equatable {
  var value: LoadForm.Pipelining

  init?(argument: String) {
    switch argument {
    case "off": value = .off
    case "on": value = .on
    case "across": value = .across
    default:
      guard let count = Quantity.wholeNumber(argument), count >= 1 else { return nil }
      value = count == 1 ? .off : .groups(of: count)
    }
  }
}

/// The value of NOTIFY (RFC 3461 section 4.1).
struct NotifyArgument: ExpressibleByArgument, Equatable {
  var value: String

  init?(argument: String) {
    let words = argument.lowercased().split(separator: ",", omittingEmptySubsequences: false)
    let isList =
      !words.isEmpty && Set(words).count == words.count
      && words.allSatisfy { ["success", "failure", "delay"].contains($0) }
    guard isList || words == ["never"] else { return nil }
    value = words.joined(separator: ",")
  }
}

/// A SASL mechanism that can be spoken here, or `best`.
struct MechanismArgument: ExpressibleByArgument, Equatable {
  var value: LoadForm.Mechanism

  init?(argument: String) {
    if argument.lowercased() == "best" {
      value = .best
      return
    }
    guard let mechanism = SASLMechanism(name: argument) else { return nil }
    value = .named(mechanism.rawValue)
  }
}
