// SPDX-License-Identifier: Apache-2.0
//
// What a script writes between quotes, taken apart into octets and references by name. The names
// are resolved when the scenario is compiled for a target.

package import JSONText

/// Literal octets and references, as read from a scenario.
package struct ScriptText: Sendable, Equatable {
  package var pieces: [Piece]
  /// Where the string stands.
  package var position: SourcePosition

  package init(pieces: [Piece], position: SourcePosition = .none) {
    self.pieces = pieces
    self.position = position
  }

  package enum Piece: Sendable, Equatable {
    case octets([UInt8])
    case reference(Reference)
    /// The base64 form of what is inside.
    case base64([Piece])
  }

  /// A text without references.
  package init(_ text: String) {
    self.init(pieces: text.isEmpty ? [] : [.octets(Array(text.utf8))])
  }

  /// The octets before the first reference.
  var opening: [UInt8] {
    guard case .octets(let octets)? = pieces.first else { return [] }
    return octets
  }

  var references: [Reference] {
    pieces.flatMap { piece -> [Reference] in
      switch piece {
      case .octets: []
      case .reference(let reference): [reference]
      case .base64(let inside): ScriptText(pieces: inside).references
      }
    }
  }
}

/// A name between `${` and `}`.
package enum Reference: Sendable, Hashable {
  case address(AddressName)
  /// One side of an address, or an address in capitals.
  case part(AddressPart)
  /// The host of the target.
  case host
  /// The name that we say in EHLO.
  case client
  /// The id of the run.
  case run
  /// A part of the profile's login data; all but the name is shown nowhere.
  case credential(CredentialName)
  /// One of the profile's source addresses, from 1.
  case source(Int)
  /// An environment variable; its value is shown nowhere.
  case environment(String)
  /// Known only while a session runs.
  case live(Variable)
}

/// `recipient.local`, `recipient.domain`, `upper:recipient.domain`.
package struct AddressPart: Sendable, Hashable {
  package enum Side: String, Sendable, Hashable, CaseIterable {
    /// What stands before the last `@`.
    case local
    /// What stands behind it.
    case domain
  }

  package var name: AddressName
  /// nil: the whole address.
  package var side: Side?
  /// Whether letters are made capitals.
  package var isUpper: Bool

  /// nil where the text names nothing of an address.
  init?(_ text: String) {
    var rest = text[...]
    isUpper = rest.hasPrefix("upper:")
    if isUpper { rest = rest.dropFirst("upper:".count) }
    let words = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let name = words.first.flatMap(AddressName.init), words.count <= 2 else { return nil }
    self.name = name
    guard words.count == 2 else {
      guard isUpper else { return nil }
      return
    }
    guard name != .domain, let side = Side(rawValue: words[1]) else { return nil }
    self.side = side
  }

  /// The part of an address; nil where the address has no such side.
  func value(of address: String) -> String? {
    var value = address[...]
    if let side {
      let mark = address.lastIndex(of: "@")
      switch side {
      case .local: value = address[..<(mark ?? address.endIndex)]
      case .domain:
        guard let mark else { return nil }
        value = address[address.index(after: mark)...]
      }
    }
    return isUpper ? value.uppercased() : String(value)
  }
}

/// The parts of a profile's login data that texts may name.
package enum CredentialName: String, Sendable, Hashable, CaseIterable {
  case username
  case password
  case token
}

/// The addresses that a profile supplies.
package enum AddressName: String, Sendable, Hashable, CaseIterable {
  /// A reverse-path that the target accepts.
  case sender
  /// A recipient that the target accepts.
  case recipient
  /// Another recipient that the target accepts.
  case second
  /// A recipient in the target's own domain that does not exist.
  case unknown
  /// A recipient in a domain for which the target is not responsible.
  case foreign
  /// A recipient whose mail the target delivers to the profile's sink.
  case sink
  /// The domain of `recipient`, unless the profile says otherwise.
  case domain
}
