// SPDX-License-Identifier: Apache-2.0
//
// What went wrong in TLS: whose fault, OpenSSL's reasons, the alert, and where there is one the cure.

/// An alert of RFC 8446 section 6.
package struct TLSAlert: Sendable, Hashable, CustomStringConvertible {
  /// Whether this side sent it.
  package var sent: Bool
  /// The description's number, 40 for handshake_failure.
  package var number: UInt8
  /// OpenSSL's words for it, `handshake failure`.
  package var name: String

  package init(sent: Bool, number: UInt8, name: String) {
    self.sent = sent
    self.number = number
    self.name = name
  }

  package var description: String { "alert \(number) \(name) \(sent ? "sent" : "received")" }
}

/// An error of TLS, in one line.
package struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error; open to growth.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package var description: String

    /// Settings that cannot be had together, or a cipher or group that OpenSSL does not know.
    package static let settings = Code(description: "TLS settings are wrong")
    /// A certificate or key that cannot be read or used.
    package static let material = Code(description: "certificate or key is unusable")
    /// The two sides found no common ground, or one of them misspoke.
    package static let handshake = Code(description: "TLS handshake failed")
    /// The peer's certificate did not verify.
    package static let certificateRefused = Code(description: "peer's certificate was refused")
    /// The peer's first octets are not TLS.
    package static let cleartext = Code(description: "peer answered in clear text")
    /// The connection ended before the handshake did.
    package static let closedInHandshake = Code(
      description: "connection ended during the TLS handshake")
    /// TLS broke after the handshake.
    package static let broken = Code(description: "TLS broke")
    /// More octets were written before the end of the handshake than the handler keeps.
    package static let queueFull = Code(description: "too many octets wait for the peer's TLS")
    /// Octets were written behind our close_notify or after the end.
    package static let closed = Code(description: "TLS is closed")
  }

  package var code: Code
  /// What was being done, `load the private key`; empty where the code says it.
  package var operation: String
  /// What is known beyond the code, in words.
  package var detail: String
  /// OpenSSL's error queue, oldest first.
  package var reasons: [String]
  /// The fatal alert that was sent or received.
  package var alert: TLSAlert?
  /// OpenSSL's number for what is wrong with the peer's certificate, `X509_V_ERR_…`; 0 for nothing.
  package var verification: Int
  /// What the reader can do about it; empty where we do not know.
  package var cure: String

  package init(
    _ code: Code, operation: String = "", detail: String = "", reasons: [String] = [],
    alert: TLSAlert? = nil, verification: Int = 0, cure: String = ""
  ) {
    self.code = code
    self.operation = operation
    self.detail = detail
    self.reasons = reasons
    self.alert = alert
    self.verification = verification
    self.cure = cure
  }

  /// One line: whose fault, what is known, the alert, the cure.
  ///
  /// `peer's certificate was refused: certificate has expired (valid until 2026-11-24) (alert 45
  /// certificate expired sent); renew it, or check this machine's clock`
  package var description: String {
    var text = code.description
    if !operation.isEmpty { text += ": cannot \(operation)" }
    if !detail.isEmpty { text += ": \(detail)" }
    if detail.isEmpty, !reasons.isEmpty { text += ": \(reasons.joined(separator: ", "))" }
    if let alert { text += " (\(alert))" }
    if !cure.isEmpty { text += "; \(cure)" }
    return text
  }
}

extension TLSError: CustomDebugStringConvertible {
  /// The description with all of OpenSSL's reasons.
  package var debugDescription: String { "\(description) \(reasons)" }
}
