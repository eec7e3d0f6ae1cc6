// SPDX-License-Identifier: Apache-2.0
//
// Who was tested, as it introduced itself.

/// The target of a run.
package struct TargetFacts: Sendable, Equatable {
  package var name: String
  package var host: String
  package var port: Int
  package var role: String
  /// The greeting as first seen, escaped.
  package var greeting: String?
  /// EHLO keywords with arguments, as last seen.
  package var capabilities: [String]
  package var tls: TLSRecord?

  package init(
    name: String, host: String, port: Int, role: String, greeting: String? = nil,
    capabilities: [String] = [], tls: TLSRecord? = nil
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.role = role
    self.greeting = greeting
    self.capabilities = capabilities
    self.tls = tls
  }
}

package struct TLSRecord: Sendable, Equatable {
  package var version: String
  package var cipher: String
  package var group: String?
  package var resumed: Bool
  package var subject: String?
  package var issuer: String?
  package var names: [String]
  /// RFC 3339, UTC.
  package var notBefore: String?
  package var notAfter: String?
  /// `ok`, or why the certificate was not believed.
  package var verification: String

  package init(
    version: String, cipher: String, group: String? = nil, resumed: Bool = false,
    subject: String? = nil, issuer: String? = nil, names: [String] = [], notBefore: String? = nil,
    notAfter: String? = nil, verification: String = "ok"
  ) {
    self.version = version
    self.cipher = cipher
    self.group = group
    self.resumed = resumed
    self.subject = subject
    self.issuer = issuer
    self.names = names
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.verification = verification
  }
}
