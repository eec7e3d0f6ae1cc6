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
    pieces.compactMap { piece in
      guard case .reference(let reference) = piece else { return nil }
      return reference
    }
  }
}

/// A name between `${` and `}`.
package enum Reference: Sendable, Hashable {
  case address(AddressName)
  /// The host of the target.
  case host
  /// The name that we say in EHLO.
  case client
  /// The id of the run.
  case run
  /// One of the profile's source addresses, from 1.
  case source(Int)
  /// An environment variable; its value is shown nowhere.
  case environment(String)
  /// Known only while a session runs.
  case live(Variable)
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
  /// The domain of `recipient`, unless the profile says otherwise.
  case domain
}
