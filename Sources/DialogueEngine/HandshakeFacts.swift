// SPDX-License-Identifier: Apache-2.0
//
// What the engine knows of the last TLS handshake, and how conditions on it are judged. Knows no
// OpenSSL: the driver says what was agreed in plain values.

package import ScenarioLanguage

/// What was agreed in a handshake.
package struct AgreedTLS: Sendable, Equatable {
  package var version: TLSPolicy.Version
  /// OpenSSL's name of the cipher.
  package var cipher: String
  package var extendedMasterSecret: Bool
  package var compressed: Bool
  package var secureRenegotiation: Bool
  /// Whether the server asked for a certificate of ours.
  package var asksCertificate: Bool
  /// The word `ok`, or what is wrong with the server's certificate, its names left aside.
  package var verification: String
  /// The DNS names and addresses in the server's certificate.
  package var names: [String]
  package var commonName: String?

  package init(
    version: TLSPolicy.Version = .tls13, cipher: String = "", extendedMasterSecret: Bool = true,
    compressed: Bool = false, secureRenegotiation: Bool = true,
    asksCertificate: Bool = false, verification: String = "ok",
    names: [String] = [], commonName: String? = nil
  ) {
    self.version = version
    self.cipher = cipher
    self.extendedMasterSecret = extendedMasterSecret
    self.compressed = compressed
    self.secureRenegotiation = secureRenegotiation
    self.asksCertificate = asksCertificate
    self.verification = verification
    self.names = names
    self.commonName = commonName
  }
}

/// Why a handshake came to nothing.
package enum HandshakeFailure: Sendable, Equatable {
  /// The peer sent this fatal alert, in OpenSSL's words.
  case alert(String)
  /// We refused the peer's certificate: that says nothing of what the script asks.
  case certificateRefused
  /// Anything else: the connection ended, the octets were no TLS, time ran out.
  case other
}

/// The last handshake of a connection, as conditions see it.
struct HandshakeView: Equatable {
  /// nil where there is no TLS.
  var agreed: AgreedTLS?
  /// The alert that the peer refused with.
  var alert: String?
  /// The name or address by which the profile reaches the target.
  var host = ""
}

extension TLSCondition {
  /// nil where the answer satisfies the condition or is none of which it speaks, else what it lacks.
  func unmet(by answer: Answer, _ handshake: HandshakeView) -> String? {
    switch (self, answer) {
    case (.alert(let name), .refused):
      return handshake.alert == name
        ? nil : "the alert was \(handshake.alert.map { "\"\($0)\"" } ?? "none"), not \"\(name)\""
    case (.closeNotify, .closed(let end)):
      guard handshake.agreed != nil else { return "there was no TLS to end" }
      return end == .fin ? nil : "the connection ended without close_notify"
    case (.alert, _), (.closeNotify, _): return nil
    case (_, .secured):
      guard let agreed = handshake.agreed else { return "there is no TLS" }
      return unmet(by: agreed, handshake)
    default: return nil
    }
  }

  private func unmet(by agreed: AgreedTLS, _ handshake: HandshakeView) -> String? {
    switch self {
    case .version(let versions):
      return versions.contains(agreed.version) ? nil : "the version is \(agreed.version.rawValue)"
    case .cipher(let expression):
      return Self.finds(expression, in: agreed.cipher) ? nil : "the cipher is \(agreed.cipher)"
    case .extendedMasterSecret(let wanted):
      return agreed.extendedMasterSecret == wanted
        ? nil : "the extended master secret is \(wanted ? "not " : "")in use"
    case .compression(let wanted):
      return agreed.compressed == wanted ? nil : "records are \(wanted ? "not " : "")compressed"
    case .secureRenegotiation(let wanted):
      return agreed.secureRenegotiation == wanted
        ? nil : "the server \(wanted ? "does not know" : "knows") secure renegotiation"
    case .asksCertificate(let wanted):
      return agreed.asksCertificate == wanted
        ? nil : "the server asks for \(wanted ? "no" : "a") client certificate"
    case .certificate(let rule):
      return CertificateNames(agreed, host: handshake.host).unmet(rule)
    case .alert, .closeNotify: return nil
    }
  }

  private static func finds(_ expression: String, in text: String) -> Bool {
    // The reader has taken the expression for one already.
    guard let regex = try? Regex(expression) else { return false }
    return text.contains(regex)
  }

  /// The condition in words, for evidence.
  var words: String {
    switch self {
    case .version(let versions): "TLS \(versions.map(\.rawValue).joined(separator: " or "))"
    case .cipher(let expression): "a cipher that matches \(expression)"
    case .extendedMasterSecret(let wanted): "\(wanted ? "an" : "no") extended master secret"
    case .compression(let wanted): "\(wanted ? "" : "no ")compression"
    case .secureRenegotiation(let wanted): "\(wanted ? "" : "no ")secure renegotiation"
    case .asksCertificate(let wanted): "\(wanted ? "a" : "no") request for our certificate"
    case .certificate(let rule): "a certificate that is \(rule.rawValue)"
    case .alert(let name): "alert \"\(name)\""
    case .closeNotify: "close_notify"
    }
  }
}
