// SPDX-License-Identifier: Apache-2.0
//
// The header fields by which a message is known again where it arrives.

/// Names and meaning of the mark's fields.
///
/// The digest is the SHA-256 of the content behind the header's empty line, line ends as CRLF,
/// without dot-stuffing, its last line completed by CRLF if it is not: relays complete it too.
package enum IntegrityMark {
  /// What all names begin with.
  static let prefix = "X-Relaymark-"
  /// The run's name.
  package static let run = "X-Relaymark-Run"
  /// The number of the session, in decimal digits with leading zeros.
  package static let session = "X-Relaymark-Session"
  /// The number of the message, in decimal digits with leading zeros.
  package static let message = "X-Relaymark-Message"
  /// The digest in hexadecimal digits.
  package static let digest = "X-Relaymark-Digest"

  /// The fields that name a message, for content that is given exactly and has no digest.
  package static func fields(run name: String, session number: Int, message: Int) -> [UInt8] {
    Array(
      "\(run): \(name)\r\n\(session): \(number)\r\n\(self.message): \(message)\r\n".utf8)
  }

  /// Adds the fields, holes open.
  static func append(to header: inout HeaderTemplate, run name: String) {
    header.append(run, [.text(name)])
    header.append(session, [.hole(.session)])
    header.append(message, [.hole(.message)])
    header.append(digest, [.hole(.digest)])
  }
}
