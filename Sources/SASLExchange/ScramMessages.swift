// SPDX-License-Identifier: Apache-2.0
//
// The syntax of SCRAM's messages: comma-separated attributes in a fixed order, extensions behind
// them (RFC 5802, section 7). Works on octets, because a comma with a combining mark behind it is
// still a comma.

enum ScramMessage {
  /// The letters that RFC 5802, section 5.1, defines; an extension cannot have one of them.
  private static let defined = Set("anmrcsipve".utf8)
  private static let mandatoryExtension = UInt8(ascii: "m")

  /// The values of the attributes that a message must have, in their order.
  ///
  /// Unknown extensions are ignored behind the named attributes and before the closing one; `m=`
  /// fails the exchange wherever it stands.
  ///
  /// - Parameter closing: the attribute that must come last, its value too.
  static func values(
    of message: some Collection<UInt8>, named names: String, closing: Character? = nil
  ) throws(SASLError) -> [[UInt8]] {
    guard String(validating: message, as: UTF8.self) != nil, !message.contains(0) else {
      throw SASLError(.malformed, "a SCRAM message that is no UTF-8 without NUL")
    }
    var attributes: [(name: UInt8, value: [UInt8])] = []
    for part in message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      attributes.append(try attribute(part))
    }
    let closes = closing == nil ? 0 : 1
    guard attributes.count >= names.utf8.count + closes else {
      throw SASLError(.malformed, "a SCRAM message that ends too early")
    }
    var values: [[UInt8]] = []
    for (attribute, name) in zip(attributes, names.utf8) {
      guard attribute.name == name else { throw outOfPlace(attribute.name) }
      values.append(attribute.value)
    }
    for extra in attributes.dropFirst(names.utf8.count).dropLast(closes) {
      guard !defined.contains(extra.name) else { throw outOfPlace(extra.name) }
    }
    if let closing, let last = attributes.last {
      guard last.name == closing.asciiValue else { throw outOfPlace(last.name) }
      values.append(last.value)
    }
    return values
  }

  /// `attr-val` of RFC 5802, section 7.
  private static func attribute(
    _ part: some Collection<UInt8>
  ) throws(SASLError) -> (name: UInt8, value: [UInt8]) {
    let octets = Array(part)
    guard octets.count >= 3, octets[1] == UInt8(ascii: "="), isLetter(octets[0]) else {
      throw SASLError(.malformed, "a part of a SCRAM message is no attribute with a value")
    }
    guard octets[0] != mandatoryExtension else {
      throw SASLError(.unknownExtension, "a mandatory SCRAM extension, of which none is known")
    }
    return (octets[0], Array(octets[2...]))
  }

  private static func isLetter(_ octet: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= octet | 0x20
  }

  private static func outOfPlace(_ name: UInt8) -> SASLError {
    SASLError(.malformed, "SCRAM attribute \(Character(Unicode.Scalar(name))) out of place")
  }

  /// Whether the octets can be a nonce: `printable`, at least one.
  static func isNonce(_ octets: [UInt8]) -> Bool {
    !octets.isEmpty && octets.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ",") }
  }

  /// A nonce of 144 random bits in base64, or the given one.
  static func nonce(_ given: String?, digests: SASLDigests) throws(SASLError) -> [UInt8] {
    let nonce = given.map { Array($0.utf8) } ?? Base64.encode(digests.random(18))
    guard isNonce(nonce) else { throw SASLError(.digestsFailed, "no usable SCRAM nonce") }
    return nonce
  }
}

/// `server-first-message`: nonce, salt and iteration count.
struct ScramServerFirst {
  var nonce: [UInt8]
  var salt: [UInt8]
  var iterations: Int

  /// Reads the message and holds it against the client's nonce.
  init(_ message: [UInt8], continuing clientNonce: [UInt8]) throws(SASLError) {
    let values = try ScramMessage.values(of: message, named: "rsi")
    nonce = values[0]
    guard ScramMessage.isNonce(nonce), nonce.starts(with: clientNonce),
      nonce.count > clientNonce.count
    else {
      throw SASLError(.nonceMismatch, "the server's nonce does not continue the client's")
    }
    salt = try Base64.decode(values[1])
    // `posit-number`: no sign, no leading zero; more digits than the bound has are out of reach.
    let digits = String(decoding: values[2], as: UTF8.self)
    guard digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      !digits.hasPrefix("0"), let iterations = Int(digits),
      iterations <= SCRAMKeys.largestIterationCount
    else {
      throw SASLError(
        .iterationCount,
        "the SCRAM iteration count is no number from 1 to \(SCRAMKeys.largestIterationCount)")
    }
    self.iterations = iterations
  }

  /// The message for a client.
  static func octets(nonce: [UInt8], keys: SCRAMKeys) -> [UInt8] {
    Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(keys.salt)
      + Array(",i=\(keys.iterations)".utf8)
  }
}
