// SPDX-License-Identifier: Apache-2.0
//
// Between the words of TLSEngine and those of scripts and dialogues, which know no OpenSSL.

import DialogueEngine
import ScenarioLanguage
package import TLSEngine

extension TLSFacts {
  /// Version, cipher and group in one line.
  package var summary: String {
    var text = "TLS \(version.rawValue) \(cipher)"
    if let group { text += " \(group)" }
    if resumed { text += ", resumed" }
    return text
  }
}

extension AgreedTLS {
  /// The facts of a handshake as conditions look at them.
  init(_ facts: TLSFacts) {
    let leaf = facts.chain.first
    self.init(
      version: TLSPolicy.Version(rawValue: facts.version.rawValue) ?? .tls12, cipher: facts.cipher,
      extendedMasterSecret: facts.extendedMasterSecret, compressed: facts.compressed,
      secureRenegotiation: facts.secureRenegotiation, asksCertificate: facts.asksCertificate,
      verification: leaf == nil ? "there is no certificate" : facts.verification,
      names: leaf?.names ?? [], commonName: leaf?.commonName)
  }
}

extension AgreedTLS {
  /// What a server chose in its answer to a hello of our own making; nil for SSL, which has no
  /// version among those of TLS.
  init?(_ answer: HelloAnswer) {
    let minor = Int(answer.version & 0xFF) - 1
    guard let version = TLSPolicy.Version(rawValue: "1.\(minor)") else { return nil }
    self.init(
      version: version, cipher: answer.description,
      extendedMasterSecret: answer.extendedMasterSecret, compressed: answer.compression != 0,
      secureRenegotiation: answer.secureRenegotiation, verification: "there is no certificate")
  }
}

extension RawHello {
  /// The script's word in ours.
  init(_ hello: TLSOffer.Hello) {
    self =
      switch hello {
      case .ssl3: .ssl3
      case .compression: .compression
      case .renegotiationInfo: .renegotiationInfo
      case .weakCiphers: .weakCiphers
      }
  }
}

extension HandshakeFailure {
  /// Whose doing the failure was.
  init(_ error: TLSError) {
    if error.code == .certificateRefused {
      self = .certificateRefused
    } else if let alert = error.alert, !alert.sent {
      self = .alert(alert.name)
    } else {
      self = .other
    }
  }
}

extension TLSClientSettings {
  /// The profile's policy with a script's own offer, which refuses no certificate and shows none.
  ///
  /// Every handshake is a full one, for a resumed one would agree on nothing anew.
  mutating func apply(_ offer: TLSOffer) {
    minimum = offer.minimum.flatMap { TLSVersion(rawValue: $0.rawValue) }
    maximum = offer.maximum.flatMap { TLSVersion(rawValue: $0.rawValue) }
    ciphers = offer.ciphers
    applicationProtocols = offer.protocols
    serverName = offer.serverName ?? serverName
    verifyName = nil
    refusesPeer = false
    identity = nil
    resumption = false
  }
}
