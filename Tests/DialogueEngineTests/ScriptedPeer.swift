// SPDX-License-Identifier: Apache-2.0
//
// A server for tests that shares no code with the product: honest by default, and told line by line
// where it is to misbehave. Speaks in actions; time is the stage's affair.

/// What a peer does, in order.
enum PeerAction: Equatable, ExpressibleByStringLiteral {
  /// Sends these octets as one segment.
  case say([UInt8])
  /// Waits so many milliseconds before what follows.
  case pause(Int)
  case finish
  case reset
  /// FIN without close_notify.
  case truncate
  /// Says nothing.
  case nothing

  init(stringLiteral text: String) { self = .say(Array(text.utf8)) }
}

/// An SMTP server in memory.
struct ScriptedPeer {
  /// What answers the connection.
  var greeting: [PeerAction] = ["220 peer.test ready\r\n"]
  var hello: [PeerAction] = ["250-peer.test\r\n250-PIPELINING\r\n250 SIZE 0\r\n"]
  /// What answers a verb (or `.`, the end of a message), first use first; then honesty again.
  var answers: [String: [[PeerAction]]] = [:]
  /// What is said once this many octets of a message have come.
  var duringMessage: [(octets: Int, actions: [PeerAction])] = []
  /// LMTP: one reply for each accepted recipient at the end.
  var isLMTP = false

  /// All command lines that came, without CRLF, and `.` for the end of a message.
  private(set) var commands: [String] = []
  /// The octets of messages, as they came.
  private(set) var content: [UInt8] = []
  /// Every segment as it came.
  private(set) var segments: [[UInt8]] = []
  private(set) var connections = 0

  private var buffer: [UInt8] = []
  private var isReadingMessage = false
  private var messageOctets = 0
  private var chunkOctets = 0
  private var chunkIsLast = false
  private var accepted = 0

  /// A connection has come.
  mutating func connected() -> [PeerAction] {
    connections += 1
    buffer = []
    isReadingMessage = false
    chunkOctets = 0
    accepted = 0
    return taken("connect") ?? greeting
  }

  /// Octets have come.
  mutating func received(_ octets: [UInt8]) -> [PeerAction] {
    segments.append(octets)
    buffer += octets
    var actions: [PeerAction] = []
    while let more = step() { actions += more }
    return actions
  }

  private mutating func step() -> [PeerAction]? {
    if isReadingMessage { return readMessage() }
    if chunkOctets > 0 {
      guard buffer.count >= chunkOctets else { return nil }
      content += buffer.prefix(chunkOctets)
      buffer.removeFirst(chunkOctets)
      chunkOctets = 0
      return endChunk()
    }
    guard
      let end = buffer.indices.first(where: { place in
        buffer[place] == 0x0A && place > 0 && buffer[place - 1] == 0x0D
      })
    else { return nil }
    let line = String(decoding: buffer[..<(end - 1)], as: UTF8.self)
    buffer.removeSubrange(...end)
    return answer(line)
  }

  private mutating func readMessage() -> [PeerAction]? {
    let before = messageOctets
    let marker = Array("\r\n.\r\n".utf8)
    let start = content.suffix(4)
    var actions: [PeerAction] = []
    let whole = Array(start) + buffer
    let end = (0...max(0, whole.count - marker.count)).first {
      whole[$0...].starts(with: marker)
    }
    let isEnd = end != nil
    let isLoneDot = messageOctets == 0 && buffer.starts(with: Array(".\r\n".utf8))
    if isLoneDot {
      buffer.removeFirst(3)
    } else {
      if buffer.isEmpty { return nil }
      let taken = end.map { $0 + marker.count - start.count } ?? buffer.count
      content += buffer.prefix(taken)
      messageOctets += taken
      buffer.removeFirst(taken)
    }
    for moment in duringMessage where moment.octets > before && moment.octets <= messageOctets {
      actions += moment.actions
    }
    guard isLoneDot || isEnd else { return actions }
    isReadingMessage = false
    commands.append(".")
    return actions + (taken(".") ?? endOfMessage())
  }

  private mutating func endOfMessage() -> [PeerAction] {
    defer { accepted = 0 }
    return isLMTP
      ? (0..<accepted).map { .say(Array("250 2.0.0 recipient \($0 + 1)\r\n".utf8)) }
      : ["250 2.0.0 taken\r\n"]
  }

  private mutating func endChunk() -> [PeerAction] {
    if let told = taken("BDAT") { return told }
    return chunkIsLast ? endOfMessage() : ["250 2.0.0 chunk\r\n"]
  }

  private mutating func answer(_ line: String) -> [PeerAction] {
    commands.append(line)
    let verb = line.split(separator: " ").first.map { $0.uppercased() } ?? ""
    if verb == "BDAT" {
      let words = line.split(separator: " ")
      chunkOctets = Int(words[1]) ?? 0
      chunkIsLast = words.count > 2
      return chunkOctets == 0 ? endChunk() : []
    }
    let actions = taken(verb) ?? standard(verb)
    if verb == "DATA", actions.contains(where: { $0.code == "354" }) {
      isReadingMessage = true
      messageOctets = 0
      content = []
    }
    if verb == "RCPT", actions.contains(where: { $0.code?.first == "2" }) { accepted += 1 }
    if verb == "MAIL" { accepted = 0 }
    return actions
  }

  private mutating func taken(_ verb: String) -> [PeerAction]? {
    guard var queue = answers[verb], !queue.isEmpty else { return nil }
    let first = queue.removeFirst()
    answers[verb] = queue
    return first
  }

  private func standard(_ verb: String) -> [PeerAction] {
    switch verb {
    case "EHLO", "LHLO": hello
    case "MAIL", "RCPT", "RSET", "NOOP": ["250 2.0.0 ok\r\n"]
    case "DATA": ["354 go ahead\r\n"]
    case "STARTTLS": ["220 go ahead\r\n"]
    case "QUIT": ["221 bye\r\n", .finish]
    default: ["500 5.5.1 what?\r\n"]
    }
  }
}

extension PeerAction {
  fileprivate var code: String? {
    guard case .say(let octets) = self else { return nil }
    return String(decoding: octets.prefix(3), as: UTF8.self)
  }
}
