// SPDX-License-Identifier: Apache-2.0
//
// Reads TLS handshakes of a script's own: what is offered, and what is demanded of the outcome.

import JSONText

extension ScriptReader {
  /// Reads `handshake`.
  func handshake(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.handshake, diagnosis) else { return nil }
    needsTLS = true
    var offer = TLSOffer()
    offer.minimum = diagnosis.word(fields["minimum"], "minimum", TLSPolicy.Version.self)
    offer.maximum = diagnosis.word(fields["maximum"], "maximum", TLSPolicy.Version.self)
    if let minimum = offer.minimum, let maximum = offer.maximum, minimum > maximum {
      diagnosis.note(fields.place(of: "minimum"), "\"minimum\" is above \"maximum\"")
    }
    offer.ciphers = diagnosis.words(fields["ciphers"], "ciphers")
    // TLS 1.3 has suites of its own, which would be offered beside the list.
    if offer.ciphers != nil, offer.maximum.map({ $0 > .tls12 }) ?? true {
      diagnosis.note(
        fields.place(of: "ciphers"),
        "\"ciphers\" are those of TLS 1.2 and below; it needs \"maximum\": \"1.2\" or less")
    }
    offer.serverName = diagnosis.words(fields["server-name"], "server-name")
    offer.protocols = diagnosis.list(fields["protocols"], "protocols") {
      diagnosis.words($0, "protocols")
    }
    offer.hello = diagnosis.word(fields["hello"], "hello", TLSOffer.Hello.self)
    if offer.hello != nil {
      for key in fields.shape.keys where key != "hello" && fields.has(key) {
        diagnosis.note(fields.place(of: key), "\"\(key)\" does not go with \"hello\"")
      }
    }
    return .handshake(offer)
  }

  /// Reads the `tls` of an expectation.
  func tlsConditions(_ value: JSONValue?) -> [TLSCondition] {
    guard let value, let fields = Fields(value, Vocabulary.agreed, diagnosis) else { return [] }
    var conditions: [TLSCondition] = []
    if let text = diagnosis.words(fields["version"], "version") {
      conditions.append(.version(versions(text, at: fields.place(of: "version"))))
    }
    if let text = expression(fields["cipher"], "cipher") { conditions.append(.cipher(text)) }
    if let flag = diagnosis.bool(fields["extended-master-secret"], "extended-master-secret") {
      conditions.append(.extendedMasterSecret(flag))
    }
    if let flag = diagnosis.bool(fields["compression"], "compression") {
      conditions.append(.compression(flag))
    }
    if let flag = diagnosis.bool(fields["secure-renegotiation"], "secure-renegotiation") {
      conditions.append(.secureRenegotiation(flag))
    }
    if let flag = diagnosis.bool(fields["asks-certificate"], "asks-certificate") {
      conditions.append(.asksCertificate(flag))
    }
    conditions += diagnosis.list(fields["certificate"], "certificate") {
      diagnosis.word($0, "certificate", CertificateRule.self).map { .certificate($0) }
    }
    if let name = diagnosis.words(fields["alert"], "alert") { conditions.append(.alert(name)) }
    if isOn(fields, "close-notify") { conditions.append(.closeNotify) }
    if !fields.shape.keys.contains(where: fields.has) {
      diagnosis.note(fields.position, "\"tls\" demands nothing")
    }
    return conditions
  }

  /// The versions of `1.2|1.3`.
  private func versions(_ text: String, at position: SourcePosition) -> [TLSPolicy.Version] {
    text.split(separator: "|", omittingEmptySubsequences: false).compactMap { part in
      if let version = TLSPolicy.Version(rawValue: String(part)) { return version }
      diagnosis.noteUnknown(
        "version", String(part), at: position, among: TLSPolicy.Version.allCases.map(\.rawValue))
      return nil
    }
  }

  /// Whether a key that can only be switched on is.
  private func isOn(_ fields: Fields, _ key: String) -> Bool {
    guard let value = fields[key], let flag = diagnosis.bool(value, key) else { return false }
    if !flag { diagnosis.note(value.position, "\"\(key)\" is true, or absent") }
    return flag
  }
}
