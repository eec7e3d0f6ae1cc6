// SPDX-License-Identifier: Apache-2.0
//
// Whom a certificate names, by the rules of RFC 9525 and RFC 7817: subject alternative names alone,
// whole labels, one label for a wildcard. Pure functions on the names that were read from it.

import ScenarioLanguage

/// The names of a server's certificate beside the name by which it was reached.
struct CertificateNames {
  private let agreed: AgreedTLS
  private let host: String

  init(_ agreed: AgreedTLS, host: String) {
    self.agreed = agreed
    self.host = host
  }

  /// nil where the certificate keeps the rule, else how it breaks it.
  func unmet(_ rule: CertificateRule) -> String? {
    let shown = agreed.names.isEmpty ? "nothing" : agreed.names.joined(separator: ", ")
    switch rule {
    case .trusted: return agreed.verification == "ok" ? nil : agreed.verification
    case .namesHost:
      return namesHost ? nil : "the certificate names \(shown), not \(host)"
    case .notByCommonName:
      guard !namesHost, let name = agreed.commonName, Self.matches(name, host) else { return nil }
      return "only the common name is \(name); the alternative names are \(shown)"
    case .wholeWildcards:
      return agreed.names.first { !Self.isWhole($0) }.map { "the wildcard in \($0) is no label" }
    }
  }

  private var namesHost: Bool { agreed.names.contains { Self.matches($0, host) } }

  /// Whether a name of a certificate stands for a host (RFC 9525 section 6.3).
  static func matches(_ name: String, _ host: String) -> Bool {
    let labels = self.labels(name)
    let wanted = self.labels(host)
    guard labels.count == wanted.count, isWhole(name) else { return false }
    // An address has no label that a wildcard could stand for.
    guard labels.first == "*" else { return labels == wanted }
    return wanted.count > 2 && !isAddress(host) && labels.dropFirst() == wanted.dropFirst()
  }

  /// Whether every `*` is a whole leftmost label (RFC 7817 section 3).
  static func isWhole(_ name: String) -> Bool {
    let labels = self.labels(name)
    return !labels.dropFirst().contains { $0.contains("*") }
      && (labels.first == "*" || labels.first?.contains("*") != true)
  }

  private static func labels(_ name: String) -> [String] {
    // A dot at the end says that the name is whole, which it is anyway.
    let name = name.hasSuffix(".") ? String(name.dropLast()) : name
    return name.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(
      String.init)
  }

  private static func isAddress(_ host: String) -> Bool {
    host.contains(":") || host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
  }
}
