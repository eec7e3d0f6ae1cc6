// SPDX-License-Identifier: Apache-2.0
//
// What names stand for, as far as it is known before a run.

import SASLExchange

/// Resolves texts for one target and run.
struct KnownValues {
  let target: TargetProfile
  /// The EHLO name as the resolved scenario has it.
  let client: String
  let run: String
  let environment: Environment
  let diagnosis: Diagnosis

  init(
    target: TargetProfile, client: ScriptText?, run: String, environment: @escaping Environment,
    diagnosis: Diagnosis
  ) {
    self.target = target
    self.run = run
    self.environment = environment
    self.diagnosis = diagnosis
    guard let client else {
      self.client = target.client
      return
    }
    // Inside its own definition, `${client}` is the profile's.
    let outer = KnownValues(
      target: target, client: nil, run: run, environment: environment, diagnosis: diagnosis)
    self.client = outer.fixed(client)
  }

  /// The hello command of the target's protocol, with its CRLF.
  var hello: [UInt8] { Array("\(helloVerb) \(client)\r\n".utf8) }

  /// RFC 2033 section 4.1: LMTP has LHLO in place of EHLO.
  var helloVerb: String { target.role == .lmtp ? "LHLO" : "EHLO" }

  /// A text with everything known filled in, neighbouring octets joined.
  func template(_ text: ScriptText, ending: [UInt8] = [], isLine: Bool = true) -> Template {
    var pieces: [Template.Piece] = []
    var octets: [UInt8] = []
    func flush() {
      if !octets.isEmpty { pieces.append(.octets(octets)) }
      octets = []
    }
    for piece in text.pieces {
      switch piece {
      case .octets(let literal): octets += literal
      case .reference(.live(let variable)):
        flush()
        pieces.append(.variable(variable))
      case .reference(.environment(let name)):
        flush()
        pieces.append(.secret(secret(name, in: text, isLine: isLine)))
      case .reference(.credential(let name)) where name != .username:
        flush()
        pieces.append(.secret(credential(name, in: text)))
      case .base64(let inside):
        let part = template(
          ScriptText(pieces: inside, position: text.position), isLine: false)
        let encoded = Base64.encode(part.pieces.flatMap(\.fixedOctets))
        if part.literal != nil {
          octets += encoded
        } else {
          flush()
          pieces.append(.secret(encoded))
        }
      case .reference(let reference): octets += value(reference, in: text)
      }
    }
    octets += ending
    flush()
    return Template(pieces: pieces)
  }

  /// The octets of a text in which nothing is left open; the reader has seen to that.
  func fixedOctets(_ text: ScriptText, isLine: Bool) -> [UInt8] {
    template(text, isLine: isLine).pieces.flatMap(\.fixedOctets)
  }

  /// A value of one line in which nothing is left open.
  func fixed(_ text: ScriptText) -> String {
    String(decoding: fixedOctets(text, isLine: true), as: UTF8.self)
  }

  private func value(_ reference: Reference, in text: ScriptText) -> [UInt8] {
    switch reference {
    case .address(let name):
      if let address = target.addresses[name] { return Array(address.utf8) }
      diagnosis.note(text.position, "the profile has no \(name.rawValue) address")
      return []
    case .part(let part):
      guard let address = target.addresses[part.name] else {
        diagnosis.note(text.position, "the profile has no \(part.name.rawValue) address")
        return []
      }
      if let value = part.value(of: address) { return Array(value.utf8) }
      diagnosis.note(text.position, "the profile's \(part.name.rawValue) address has no domain")
      return []
    case .source(let number):
      if target.sources.indices.contains(number - 1) {
        return Array(target.sources[number - 1].utf8)
      }
      diagnosis.note(
        text.position, "the profile has \(target.sources.count) source addresses, not \(number)")
      return []
    case .host: return Array(target.host.utf8)
    case .client: return Array(client.utf8)
    case .run: return Array(run.utf8)
    case .credential(let name): return credential(name, in: text)
    case .environment, .live: return []
    }
  }

  private func credential(_ name: CredentialName, in text: ScriptText) -> [UInt8] {
    if let value = target.credentials?[name] { return Array(value.utf8) }
    diagnosis.note(text.position, "the profile has no \(name.rawValue)")
    return []
  }

  private func secret(_ name: String, in text: ScriptText, isLine: Bool) -> [UInt8] {
    guard let value = environment(name) else {
      diagnosis.note(text.position, "the environment variable \(name) is not set")
      return []
    }
    let octets = Array(value.utf8)
    if isLine, octets.contains(where: { [0x0D, 0x0A, 0x00].contains($0) }) {
      diagnosis.note(
        text.position, "the environment variable \(name) holds CR, LF or NUL and cannot be sent")
      return []
    }
    return octets
  }
}

extension Template.Piece {
  /// What is known before a run.
  fileprivate var fixedOctets: [UInt8] {
    switch self {
    case .octets(let octets), .secret(let octets): octets
    case .variable: []
    }
  }
}
