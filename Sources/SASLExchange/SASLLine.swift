// SPDX-License-Identifier: Apache-2.0
//
// The SMTP profile of SASL: how challenges and responses look as lines. Knows no mechanism.

/// The forms that SASL messages take on an SMTP connection (RFC 4954, sections 4 and 8).
package enum SASLLine {
  /// The longest base64 text of a challenge or response, in octets (RFC 4954, section 4).
  package static let limit = 12_288
  /// The longest message inside such a text, in octets.
  package static let messageLimit = limit / 4 * 3
  /// The longest AUTH command with its CRLF, in octets (RFC 5321, section 4.5.3.1.4).
  package static let commandLimit = 512

  /// The client's line that ends an exchange; the server answers 501.
  package static let cancel = [UInt8(ascii: "*")]

  /// What one line from the client says to a server.
  package enum Reading: Sendable, Equatable {
    case message([UInt8])
    /// A lone `*`: 501.
    case cancelled
    /// Longer than `limit`: 500 5.5.6.
    case tooLong
    /// No strict base64: 501 5.5.2.
    case malformed(SASLError)
  }

  /// The initial response as the argument behind the mechanism: base64, or `=` for an empty one.
  package static func initialResponse(_ message: [UInt8]) -> [UInt8] {
    message.isEmpty ? [UInt8(ascii: "=")] : Base64.encode(message)
  }

  /// Whether the AUTH command with this initial response keeps to `commandLimit`; a client must
  /// leave the response out where it does not.
  package static func fits(_ mechanism: SASLMechanism, initialResponse message: [UInt8]) -> Bool {
    "AUTH \(mechanism.rawValue) \r\n".utf8.count + initialResponse(message).count <= commandLimit
  }

  /// Reads the argument behind the mechanism, in which a lone `=` stands for an empty response.
  package static func read(initialResponse text: [UInt8]) -> Reading {
    text == [UInt8(ascii: "=")] ? .message([]) : read(response: text)
  }

  /// Reads a response line without its CRLF; the empty line is an empty response.
  package static func read(response text: [UInt8]) -> Reading {
    if text == cancel { return .cancelled }
    if text.count > limit { return .tooLong }
    do throws(SASLError) {
      return .message(try Base64.decode(text))
    } catch {
      return .malformed(error)
    }
  }
}
