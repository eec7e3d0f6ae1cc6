// SPDX-License-Identifier: Apache-2.0
//
// A header written once, with holes of fixed width for what differs from message to message, so
// that a message's header costs one copy and a few digits.

/// The octets of a header and where its holes are.
struct HeaderTemplate: Sendable {
  private(set) var octets: [UInt8] = []
  private(set) var holes: [Hole] = []

  /// A place for a value that is known later.
  struct Hole: Sendable, Equatable {
    var kind: Kind
    var offset: Int

    /// What goes in; each kind always has the same width.
    enum Kind: Sendable {
      case session
      case message
      case digest
    }

    /// Octets: eight digits for up to 99,999,999 sessions, twelve for messages, 64 for SHA-256.
    var width: Int {
      switch kind {
      case .session: 8
      case .message: 12
      case .digest: 64
      }
    }
  }

  /// Part of a field's value.
  enum Piece {
    case text(String)
    case hole(Hole.Kind)
  }

  /// Appends a field (RFC 5322, section 2.2).
  mutating func append(_ name: String, _ value: [Piece]) {
    octets += Array("\(name): ".utf8)
    for piece in value {
      switch piece {
      case .text(let text): octets += Array(text.utf8)
      case .hole(let kind):
        let hole = Hole(kind: kind, offset: octets.count)
        holes.append(hole)
        octets.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: hole.width))
      }
    }
    appendEnd()
  }

  /// Appends the empty line behind the last field.
  mutating func appendEnd() { octets += [0x0D, 0x0A] }

  /// Fills every hole of the kind for good.
  mutating func fill(_ kind: Hole.Kind, with value: [UInt8]) {
    for hole in holes where hole.kind == kind {
      precondition(value.count == hole.width, "a hole takes exactly its width")
      octets.replaceSubrange(hole.offset..<hole.offset + hole.width, with: value)
    }
    holes.removeAll { $0.kind == kind }
  }

  /// The same header after dot-stuffing: field names may begin with a dot.
  func stuffed() -> HeaderTemplate {
    var stuffer = DotStuffer()
    var copy = HeaderTemplate()
    var done = 0
    for hole in holes {
      stuffer.stuff(Array(octets[done..<hole.offset]), into: &copy.octets)
      copy.holes.append(Hole(kind: hole.kind, offset: copy.octets.count))
      done = hole.offset
    }
    stuffer.stuff(Array(octets[done...]), into: &copy.octets)
    return copy
  }
}
