// SPDX-License-Identifier: Apache-2.0
//
// The commands of a transaction in a row, whichever go out together, so that they can be changed
// one by one and grouped in another way.

import MailContent

/// The steps of a transaction, groups taken apart.
struct CommandRow {
  /// One command, or a step that is none.
  struct Command {
    var instruction: Instruction
    /// Commands with the same number go out in one write.
    var group: Int?
  }

  private(set) var commands: [Command] = []
  /// The steps that the groups were.
  private var groups: [Int: Instruction] = [:]

  init(_ instructions: some Sequence<Instruction>) {
    for (number, instruction) in instructions.enumerated() {
      guard case .group(let members, _) = instruction.action else {
        commands.append(Command(instruction: instruction))
        continue
      }
      groups[number] = instruction
      commands += members.map { Command(instruction: Instruction($0), group: number) }
    }
  }

  /// The steps, neighbours of one group together.
  var instructions: [Instruction] {
    var result: [Instruction] = []
    var rest = commands[...]
    while let first = rest.first {
      let count = first.group == nil ? 1 : rest.prefix { $0.group == first.group }.count
      let together = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      result.append(count == 1 ? first.instruction : joined(together))
    }
    return result
  }

  private func joined(_ together: [Command]) -> Instruction {
    let members = together.compactMap { GroupMember($0.instruction) }
    let known = together[0].group.flatMap { groups[$0] }
    var cut = Cut.whole
    if case .group(_, let shape)? = known?.action { cut = shape }
    let label = "pipeline: " + members.map(\.label).joined(separator: ", ")
    guard var group = known else {
      return Instruction(
        action: .group(members, cut: cut), position: together[0].instruction.position,
        label: label, origin: together[0].instruction.origin)
    }
    group.action = .group(members, cut: cut)
    group.label = label
    return group
  }

  // MARK: Changes

  func places(in phase: Phase) -> [Int] {
    commands.indices.filter {
      guard case .send = commands[$0].instruction.action else { return false }
      return commands[$0].instruction.phase == phase
    }
  }

  /// Puts commands in the place of others.
  mutating func replace(_ places: [Int], with new: [Command]) {
    guard let first = places.first else { return }
    for place in places.reversed() { commands.remove(at: place) }
    commands.insert(contentsOf: new, at: first)
  }

  subscript(place: Int) -> Command {
    get { commands[place] }
    set { commands[place] = newValue }
  }

  /// Changes every message that is sent; says how many there are.
  @discardableResult
  mutating func changeMessages(_ change: (inout MessageSpec) -> Void) -> Int {
    var count = 0
    for index in commands.indices {
      switch commands[index].instruction.action {
      case .message(var spec, let shape):
        change(&spec)
        commands[index].instruction.action = .message(spec, shape)
      case .bdat(.message(var spec), let chunks, let last, let pipelined):
        change(&spec)
        commands[index].instruction.action = .bdat(
          .message(spec), chunks: chunks, last: last, pipelined: pipelined)
      default: continue
      }
      count += 1
    }
    return count
  }

  enum Chunking { case done, noMessage, shaped }

  /// Sends messages as chunks: in place of DATA, and where they are chunks already in this size.
  mutating func chunk(_ size: Int) -> Chunking {
    var result = Chunking.noMessage
    for index in commands.indices.reversed() {
      let step = commands[index].instruction
      switch step.action {
      case .bdat(let content, _, let last, let pipelined):
        commands[index].instruction.action = .bdat(
          content, chunks: [size], last: last, pipelined: pipelined)
        result = .done
      case .message(let spec, let shape):
        guard shape == .plain else { return .shaped }
        guard index > 0, commands[index - 1].instruction.phase == .data else { continue }
        commands[index].instruction.action = .bdat(
          .message(spec), chunks: [size], last: true, pipelined: false)
        commands[index].instruction.phase = .bdat
        commands[index].instruction.label = "BDAT LAST"
        commands.remove(at: index - 1)
        result = .done
      default: continue
      }
    }
    return result
  }

  /// Sends every command by itself, and waits for the reply to each chunk.
  mutating func ungroup() {
    for index in commands.indices {
      commands[index].group = nil
      setChunksTogether(false, at: index)
    }
  }

  /// Sends neighbours together as far as RFC 2920 section 3.1 lets a client, at most so many in one
  /// write, and chunks without waiting (RFC 3030 section 4.2).
  ///
  /// - Returns: Whether there was anything to send together.
  mutating func group(atMost most: Int) -> Bool {
    groups = [:]
    var number = 0
    var count = 0
    var found = false
    for index in commands.indices {
      let chunked = setChunksTogether(true, at: index)
      guard commands[index].canJoin else {
        commands[index].group = nil
        count = most
        found = found || chunked
        continue
      }
      if index == 0 || count >= most {
        number += 1
        count = 0
      }
      commands[index].group = number
      count += 1
      found = found || count > 1
      if commands[index].mustBeLast { count = most }
    }
    return found
  }

  /// Returns whether there are chunks.
  @discardableResult
  private mutating func setChunksTogether(_ together: Bool, at index: Int) -> Bool {
    guard case .bdat(let content, let chunks, let last, _) = commands[index].instruction.action
    else { return false }
    commands[index].instruction.action = .bdat(
      content, chunks: chunks, last: last, pipelined: together)
    return true
  }
}

extension CommandRow.Command {
  /// Whether the command may go out with others; what a script times by itself stays alone.
  fileprivate var canJoin: Bool {
    guard case .send = instruction.action, instruction.within == nil, instruction.measure == nil,
      !instruction.expectation.rules.isEmpty
    else { return false }
    switch instruction.phase {
    case .mail, .rcpt, .data, .rset: return true
    default: return false
    }
  }

  /// DATA ends a group; so does a command from whose reply a later one takes a value.
  fileprivate var mustBeLast: Bool { instruction.phase == .data || !instruction.captures.isEmpty }

  private var template: Template? {
    get {
      guard case .send(let template) = instruction.action else { return nil }
      return template
    }
    set { if let newValue { instruction.action = .send(newValue) } }
  }

  /// Adds an ESMTP parameter at the end of the line.
  ///
  /// - Parameter value: nil for a parameter without one.
  /// - Returns: false where the command has it already.
  mutating func add(parameter: String, _ value: [Template.Piece]?) -> Bool {
    guard var template, case .octets(var last)? = template.pieces.last, last.suffix(2) == [13, 10]
    else { return false }
    let text = template.pieces.reduce(into: [UInt8]()) { text, piece in
      if case .octets(let octets) = piece { text += octets }
    }
    let words = String(decoding: text, as: UTF8.self).uppercased().split { $0.isWhitespace }
    guard !words.contains(where: { $0 == parameter || $0.hasPrefix(parameter + "=") }) else {
      return false
    }
    last.removeLast(2)
    last += Array(" \(parameter)".utf8)
    if value != nil { last.append(UInt8(ascii: "=")) }
    template.pieces[template.pieces.count - 1] = .octets(last)
    template.pieces += value ?? []
    template.pieces.append(.octets([13, 10]))
    self.template = template.joined
    return true
  }

  /// Puts a piece behind the first such octet.
  ///
  /// - Returns: Whether there is one.
  mutating func insert(_ piece: Template.Piece, behind octet: UInt8) -> Bool {
    guard var template, case .octets(let opening)? = template.pieces.first,
      let mark = opening.firstIndex(of: octet)
    else { return false }
    template.pieces.replaceSubrange(
      0...0,
      with: [.octets(Array(opening[...mark])), piece, .octets(Array(opening[(mark + 1)...]))])
    self.template = template.joined
    return true
  }
}

extension Template {
  /// The same with neighbouring octets in one piece, so that what is literal shows it.
  fileprivate var joined: Template {
    var result: [Piece] = []
    for piece in pieces {
      if case .octets(let more) = piece, case .octets(let octets)? = result.last {
        result[result.count - 1] = .octets(octets + more)
      } else {
        result.append(piece)
      }
    }
    return Template(pieces: result)
  }
}

extension GroupMember {
  /// A step as a command of a group; nil where it is no command.
  fileprivate init?(_ instruction: Instruction) {
    guard case .send(let command) = instruction.action else { return nil }
    self.init(
      command: command, expectation: instruction.expectation, phase: instruction.phase,
      captures: instruction.captures, position: instruction.position, label: instruction.label)
  }
}
