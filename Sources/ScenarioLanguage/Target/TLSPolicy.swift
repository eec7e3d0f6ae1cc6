// SPDX-License-Identifier: Apache-2.0
//
// What a profile asks of TLS, in words of its own: OpenSSL is another room's affair.

/// The share of TLS handshakes that resume an earlier session.
package struct Resumption: Sendable, Equatable {
  /// From 0 to 1.
  package let share: Double

  /// Every handshake is a full one.
  package static let off = Resumption(share: 0)
  /// A session that can be resumed is.
  package static let on = Resumption(share: 1)

  private init(share: Double) { self.share = share }

  /// `off`, `on`, `30%`; nil for anything else.
  package init?(_ text: String) {
    switch text {
    case "off": self = .off
    case "on": self = .on
    default:
      guard text.hasSuffix("%"), let percent = Quantity.number(text.dropLast()), percent <= 100
      else { return nil }
      share = percent / 100
    }
  }
}

/// When TLS is used, and whose certificates are believed.
package struct TLSPolicy: Sendable, Equatable {
  package var mode: Mode
  package var trust: Trust
  /// The name for SNI and for the check of the certificate; nil: the host.
  package var serverName: String?
  package var minimum: Version?
  package var maximum: Version?
  /// An OpenSSL cipher list, for TLS 1.2 and below.
  package var ciphers: String?
  /// How many of the handshakes that could resume an earlier session do.
  package var resumption = Resumption.on
  /// Our own certificate, for targets that ask for one.
  package var identity: Identity?
  /// Whether the target is asked for STARTTLS elsewhere in the run, but not by this profile.
  package var isPutOff = false

  package init(mode: Mode, trust: Trust) {
    self.mode = mode
    self.trust = trust
  }

  /// Relays take TLS where it is offered and believe any certificate (RFC 7435); submission needs
  /// TLS and a good certificate (RFC 8314 section 5); LMTP stays on the machine.
  package static func standard(for role: Role, endpoint: TargetProfile.Endpoint) -> TLSPolicy {
    if case .unix = endpoint { return TLSPolicy(mode: .none, trust: .system) }
    return switch role {
    case .relay: TLSPolicy(mode: .opportunistic, trust: .unverified)
    case .submission: TLSPolicy(mode: .starttls, trust: .system)
    case .submissions: TLSPolicy(mode: .implicit, trust: .system)
    case .lmtp: TLSPolicy(mode: .none, trust: .system)
    }
  }

  package enum Mode: String, Sendable, CaseIterable {
    case none
    /// STARTTLS where it is offered.
    case opportunistic
    /// STARTTLS, or the session has failed.
    case starttls
    /// From the first octet (RFC 8314 section 3).
    case implicit
  }

  package enum Trust: Sendable, Equatable {
    /// The authorities that the system trusts.
    case system
    /// The authorities in a PEM file.
    case file(String)
    /// The authorities in PEM octets.
    case pem([UInt8])
    /// Any certificate; what is wrong with it is recorded.
    case unverified
  }

  package enum Version: String, Sendable, CaseIterable, Comparable {
    case tls10 = "1.0"
    case tls11 = "1.1"
    case tls12 = "1.2"
    case tls13 = "1.3"

    package static func < (left: Version, right: Version) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// PEM files of a certificate chain and its key.
  package struct Identity: Sendable, Equatable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }
}
