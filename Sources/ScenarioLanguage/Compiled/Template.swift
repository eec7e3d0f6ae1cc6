// SPDX-License-Identifier: Apache-2.0
//
// Octets with holes: what a script writes, with everything that is known before the run filled in.

/// A run of literal octets and variables.
///
/// The compiler fills in every variable whose value it knows, so that a command without variables
/// is one literal, serialised once for all sessions.
package struct Template: Sendable, Equatable {
  package var pieces: [Piece]

  package init(pieces: [Piece]) { self.pieces = pieces }

  package init(octets: [UInt8]) { pieces = octets.isEmpty ? [] : [.octets(octets)] }

  package enum Piece: Sendable, Equatable {
    case octets([UInt8])
    case variable(Variable)
    /// Octets that no transcript may show.
    case secret([UInt8])
  }

  /// The octets of a template without variables, nil where a variable or secret stands in it.
  package var literal: [UInt8]? {
    if pieces.isEmpty { return [] }
    guard pieces.count == 1, case .octets(let octets) = pieces[0] else { return nil }
    return octets
  }
}

/// A value that is only known while a session runs.
package enum Variable: Sendable, Hashable {
  /// Number of the session in this run, from 1.
  case session
  /// Number of the message in this run, from 1.
  case message
  /// The size in octets of the message that the transaction will send, after CRLF normalisation
  /// and before dot-stuffing (RFC 1870 section 3).
  case messageSize
  /// So many seeded random letters and digits.
  case random(Int)
  /// A column of the current row of the feed.
  case feed(String)
  /// A value that an earlier step captured.
  case captured(String)
  /// The running number of a recipient: the message's number, where each has so many recipients and
  /// this is the one at a place from 1.
  case recipient(each: Int, place: Int)
}
