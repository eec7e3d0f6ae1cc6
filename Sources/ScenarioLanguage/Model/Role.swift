// SPDX-License-Identifier: Apache-2.0
//
// What kind of server a target is.

/// The service that a target offers.
package enum Role: String, Sendable, CaseIterable, Codable {
  /// SMTP between relays (RFC 5321), port 25.
  case relay
  /// Message submission with STARTTLS (RFC 6409), port 587.
  case submission
  /// Message submission over implicit TLS (RFC 8314 section 3.3), port 465.
  case submissions
  /// Local delivery (RFC 2033).
  case lmtp

  /// The port where no other is named; IANA's, and 24 for LMTP, which RFC 2033 keeps off port 25.
  package var port: Int {
    switch self {
    case .relay: 25
    case .submission: 587
    case .submissions: 465
    case .lmtp: 24
    }
  }
}
