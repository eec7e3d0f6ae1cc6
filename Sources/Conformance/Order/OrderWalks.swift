// SPDX-License-Identifier: Apache-2.0
//
// Makes sequences of commands, and divides them among connections. The seed decides order and
// details; every state with every command in it is there whatever the seed is, so that a fault of a
// common kind is not found by luck.

import MailContent

/// What one connection says, sequence behind sequence.
package struct OrderWalk: Sendable, Equatable {
  /// RSET stands between them.
  package var sequences: [[OrderCommand]]

  package var commands: [OrderCommand] { Array(sequences.joined(separator: [.rset])) }
}

/// Plans a search.
package struct OrderPlan: Sendable {
  /// Faults on a connection, as the embedded relay and careful servers count them.
  static let faults = 2
  /// Commands on a connection that belong to no transaction: Exim gives up at ten.
  static let nonMail = 9
  /// Sequences on a connection, so that what one leaves behind can be laid at its door.
  static let sequences = 4

  package let walks: [OrderWalk]

  /// - Parameters:
  ///   - sequences: so many; every state with every command in it takes some 56.
  ///   - commands: the longest sequence.
  ///   - hasUnknown: whether the profile names a recipient that does not exist.
  package init(seed: UInt64, sequences: Int, commands: Int, hasUnknown: Bool) {
    var random = SeededRandom(seed: seed)
    let maker = Maker(hasUnknown: hasUnknown, longest: commands)
    var all = maker.systematic(&random)
    while all.count < sequences { all.append(maker.wild(&random)) }
    all.shuffle(using: &random)
    walks = Self.divided(Array(all.prefix(max(sequences, 1))))
  }

  /// Puts as many sequences on a connection as faults and other commands allow.
  private static func divided(_ sequences: [[OrderCommand]]) -> [OrderWalk] {
    var walks: [OrderWalk] = []
    var current = OrderWalk(sequences: [])
    for sequence in sequences {
      var next = current
      next.sequences.append(sequence)
      let cost = Self.cost(of: next.commands)
      let fits = cost.faults <= faults && cost.nonMail <= nonMail
      if current.sequences.isEmpty || (fits && next.sequences.count <= Self.sequences) {
        current = next
      } else {
        walks.append(current)
        current = OrderWalk(sequences: [sequence])
      }
    }
    if !current.sequences.isEmpty { walks.append(current) }
    return walks
  }

  /// What a server would count; the hello and QUIT that every connection has are in it.
  static func cost(of commands: [OrderCommand]) -> (faults: Int, nonMail: Int) {
    var model = OrderModel()
    var cost = (faults: 0, nonMail: 2)
    for command in commands {
      if model.takeIdeal(command) { cost.faults += 1 }
      if command.isNonMail { cost.nonMail += 1 }
    }
    return cost
  }
}

/// Makes sequences: a way into a state, something that may disturb it, and a look at what is left.
private struct Maker {
  let hasUnknown: Bool
  let longest: Int

  private static let ways: [[OrderCommand]] = [
    [], [.mail], [.mail, .rcpt], [.mail, .rcpt, .data],
  ]

  private var disturbances: [OrderCommand] {
    OrderCommand.allCases.filter { command in
      command != .quit && (command != .unknownRcpt || hasUnknown)
    }
  }

  /// Looks at a state from all sides, and at each state behind each command.
  func systematic(_ random: inout SeededRandom) -> [[OrderCommand]] {
    var all: [[OrderCommand]] = []
    for way in Self.ways {
      let looks: [[OrderCommand]] =
        isOpen(way)
        ? [[.rcpt, .data], [.data], [.mail, .data]]
        : [[.rcpt], [.mail, .data], [.mail, .rcpt, .data]]
      all += looks.map { way + $0 }
      for disturbance in disturbances {
        let disturbed = way + [disturbance]
        all.append(disturbed + look(behind: disturbed, &random))
      }
    }
    return all
  }

  /// The look that shows most of what the last command may have done.
  private func look(
    behind commands: [OrderCommand], _ random: inout SeededRandom
  ) -> [OrderCommand] {
    let last = commands.last
    if isOpen(commands) {
      // A recipient that is accepted would hide that one was forgotten, or was not.
      let isHidden = last == .unknownRcpt || last == .mail
      if isHidden || (recipients(commands) > 0 && Bool.random(using: &random)) {
        return [.data]
      }
      return [.rcpt, .data]
    }
    if last == .badMail { return [.rcpt] }
    let spent = OrderPlan.cost(of: commands).faults
    return spent + 2 <= OrderPlan.faults ? [.rcpt, .mail, .data] : [.mail, .data]
  }

  /// Anything, as far as faults and length allow.
  func wild(_ random: inout SeededRandom) -> [OrderCommand] {
    var commands = Self.ways.randomElement(using: &random) ?? []
    let length = Int.random(in: max(3, commands.count + 1)...longest, using: &random)
    while commands.count < length {
      guard let next = disturbances.randomElement(using: &random) else { break }
      let cost = OrderPlan.cost(of: commands + [next])
      if cost.faults > OrderPlan.faults || cost.nonMail > OrderPlan.nonMail {
        guard
          let harmless = [OrderCommand.mail, .rcpt, .data].first(where: {
            OrderPlan.cost(of: commands + [$0]).faults <= OrderPlan.faults
          })
        else { break }
        commands.append(harmless)
      } else {
        commands.append(next)
      }
    }
    return commands
  }

  private func isOpen(_ commands: [OrderCommand]) -> Bool { state(commands).hasSender }

  private func recipients(_ commands: [OrderCommand]) -> Int { state(commands).recipients }

  private func state(_ commands: [OrderCommand]) -> OrderModel {
    var model = OrderModel()
    for command in commands { _ = model.takeIdeal(command) }
    return model
  }
}
