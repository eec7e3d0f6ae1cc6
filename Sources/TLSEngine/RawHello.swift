// SPDX-License-Identifier: Apache-2.0
//
// The first words of a handshake, octet by octet: hellos of our own making for what OpenSSL cannot
// offer, and the answers to them. Knows no channel and keeps no secret, so it ends with the answer.

/// A ClientHello of our own making.
package enum RawHello: String, Sendable, Hashable, CaseIterable {
  /// Offers SSL 3.0 and nothing newer (RFC 7568 retired it).
  case ssl3
  /// Offers TLS 1.2 with records compressed by DEFLATE (RFC 3749).
  case compression
  /// Offers TLS 1.2 and asks for secure renegotiation (RFC 5746).
  case renegotiationInfo = "renegotiation-info"
  /// Offers TLS 1.2 with ciphers that encrypt nothing, or with RC4, DES or an export key.
  case weakCiphers = "weak-ciphers"
}

/// What a server chose in its answer to a raw hello.
package struct HelloAnswer: Sendable, Hashable {
  /// The version on the wire, `0x0303` for TLS 1.2.
  package var version: UInt16
  /// The cipher suite on the wire.
  package var cipher: UInt16
  /// The compression method; 0 for none.
  package var compression: UInt8
  /// The numbers of the extensions in it.
  package var extensions: Set<UInt16>

  package init(
    version: UInt16, cipher: UInt16, compression: UInt8 = 0, extensions: Set<UInt16> = []
  ) {
    self.version = version
    self.cipher = cipher
    self.compression = compression
    self.extensions = extensions
  }

  /// Whether the server knows secure renegotiation (RFC 5746 section 3.6).
  package var secureRenegotiation: Bool { extensions.contains(HelloOctets.renegotiationInfo) }
  /// Whether the server uses the extended master secret (RFC 7627).
  package var extendedMasterSecret: Bool { extensions.contains(HelloOctets.extendedMasterSecret) }
}

extension HelloAnswer: CustomStringConvertible {
  /// One line: `TLS 1.2 cipher 0x0005 without compression`.
  package var description: String {
    let name = version == 0x0300 ? "SSL 3.0" : "TLS 1.\(Int(version & 0xFF) - 1)"
    let digits = String(cipher, radix: 16, uppercase: true)
    let number = String(repeating: "0", count: 4 - digits.count) + digits
    return "\(name) cipher 0x\(number) with\(compression == 0 ? "out" : "") compression"
  }
}

/// What the octets of one side's first flight come to.
enum FirstFlight<Message: Equatable>: Equatable {
  /// More octets are needed.
  case incomplete
  case message(Message)
  /// A fatal alert of this number came in place of it.
  case alert(UInt8)
  /// Something else than TLS, or than what the other side may say first.
  case foreign
}

/// What a ClientHello says, as far as an answer depends on it.
struct ClientHelloWords: Equatable {
  var version: UInt16
  var ciphers: [UInt16]
  var compressions: [UInt8]
  var extensions: Set<UInt16>
}

/// The layouts of RFC 5246 section 7.4.1 and RFC 6101 section 5.6.1, which are the same.
enum HelloOctets {
  static let renegotiationInfo: UInt16 = 0xFF01
  static let extendedMasterSecret: UInt16 = 23
  /// RFC 8446 section 5.1, with room for what older versions add.
  private static let largestRecord = 16_384 + 2_048

  // MARK: Writing

  static func client(_ hello: RawHello, random: [UInt8], serverName: String?) -> [UInt8] {
    let isSSL = hello == .ssl3
    let version: UInt16 = isSSL ? 0x0300 : 0x0303
    var body = version.octets + random + [0]
    body += vector(ciphers(of: hello).flatMap(\.octets), lengthOctets: 2)
    body += vector(hello == .compression ? [1, 0] : [0], lengthOctets: 1)
    if !isSSL { body += vector(extensions(serverName: serverName), lengthOctets: 2) }
    // RFC 5246 appendix E.1: servers may read anything from 3.0 on in the version of the record.
    return record(type: 1, body, version: isSSL ? 0x0300 : 0x0301)
  }

  static func server(_ answer: HelloAnswer, random: [UInt8]) -> [UInt8] {
    var body = answer.version.octets + random + [0] + answer.cipher.octets
    body.append(answer.compression)
    let extensions = answer.extensions.sorted().flatMap { number in
      number.octets + vector(number == renegotiationInfo ? [0] : [], lengthOctets: 2)
    }
    if !extensions.isEmpty { body += vector(extensions, lengthOctets: 2) }
    return record(type: 2, body, version: answer.version)
  }

  private static func record(type: UInt8, _ body: [UInt8], version: UInt16) -> [UInt8] {
    let message = [type] + vector(body, lengthOctets: 3)
    return [22] + version.octets + vector(message, lengthOctets: 2)
  }

  private static func vector(_ octets: [UInt8], lengthOctets: Int) -> [UInt8] {
    let length = (0..<lengthOctets).reversed().map {
      UInt8(truncatingIfNeeded: octets.count >> ($0 * 8))
    }
    return length + octets
  }

  private static func ciphers(of hello: RawHello) -> [UInt16] {
    switch hello {
    // RSA with RC4, 3DES and AES, then DHE with AES and 3DES.
    case .ssl3: [0x0005, 0x0004, 0x000A, 0x002F, 0x0035, 0x0033, 0x0039, 0x0016]
    // ECDHE with AES in GCM and CBC for both kinds of keys, then RSA with AES.
    case .compression, .renegotiationInfo:
      [0xC02B, 0xC02F, 0xC02C, 0xC030, 0xC023, 0xC027, 0xC009, 0xC013, 0x009C, 0x002F, 0x0035]
    // RC4, NULL, export keys and DES, with every exchange of keys that has them.
    case .weakCiphers:
      [
        0xC007, 0xC011, 0x0005, 0x0004, 0xC006, 0xC010, 0x003B, 0x0002, 0x0001, 0x0003, 0x0006,
        0x0008, 0x0014, 0x0062, 0x0064, 0x0009, 0x0015,
      ]
    }
  }

  private static func extensions(serverName: String?) -> [UInt8] {
    var octets: [UInt8] = []
    func add(_ number: UInt16, _ content: [UInt8]) {
      octets += number.octets + vector(content, lengthOctets: 2)
    }
    if let serverName {
      // RFC 6066 section 3: a list of one name of the type host_name.
      add(0, vector([0] + vector(Array(serverName.utf8), lengthOctets: 2), lengthOctets: 2))
    }
    // x25519, P-256 and P-384; points uncompressed; ECDSA and RSA with SHA-256, -384 and -1.
    add(10, vector([0, 0x1D, 0, 0x17, 0, 0x18], lengthOctets: 2))
    add(11, vector([0], lengthOctets: 1))
    add(13, vector([4, 3, 4, 1, 8, 4, 5, 3, 5, 1, 2, 3, 2, 1], lengthOctets: 2))
    add(renegotiationInfo, [0])
    return octets
  }

  // MARK: Reading

  /// The server's answer at the front of what it sent.
  static func answer(in octets: [UInt8]) -> FirstFlight<HelloAnswer> {
    firstMessage(in: octets, type: 2) { reader in
      guard let version = reader.number(2), reader.skip(32), reader.vector(1) != nil,
        let cipher = reader.number(2), let compression = reader.number(1)
      else { return nil }
      return HelloAnswer(
        version: version, cipher: cipher, compression: UInt8(truncatingIfNeeded: compression),
        extensions: reader.extensions())
    }
  }

  /// The client's hello at the front of what it sent.
  static func hello(in octets: [UInt8]) -> FirstFlight<ClientHelloWords> {
    firstMessage(in: octets, type: 1) { reader in
      guard let version = reader.number(2), reader.skip(32), reader.vector(1) != nil,
        var ciphers = reader.vector(2), let compressions = reader.vector(1)
      else { return nil }
      var words = ClientHelloWords(
        version: version, ciphers: [], compressions: Array(compressions.octets), extensions: [])
      while let cipher = ciphers.number(2) { words.ciphers.append(cipher) }
      words.extensions = reader.extensions()
      return words
    }
  }

  private static func firstMessage<Message>(
    in octets: [UInt8], type: UInt16, _ read: (inout HelloReader) -> Message?
  ) -> FirstFlight<Message> {
    guard let kind = octets.first else { return .incomplete }
    guard kind == 22 || kind == 21, octets.count < 2 || octets[1] == 3 else { return .foreign }
    guard octets.count >= 5 else { return .incomplete }
    let length = Int(octets[3]) << 8 | Int(octets[4])
    guard length > 0, length <= largestRecord else { return .foreign }
    guard octets.count >= 5 + length else { return .incomplete }
    var record = HelloReader(octets: octets[5..<(5 + length)])
    if kind == 21 {
      guard record.number(1) != nil, let number = record.number(1) else { return .foreign }
      return .alert(UInt8(truncatingIfNeeded: number))
    }
    // A hello is shorter than a record, and nobody divides one.
    guard record.number(1) == type, record.number(1) == 0, var body = record.vector(2),
      let message = read(&body)
    else { return .foreign }
    return .message(message)
  }
}

/// Reads numbers and vectors, and stops where the octets do.
private struct HelloReader {
  private(set) var octets: ArraySlice<UInt8>

  init(octets: ArraySlice<UInt8>) { self.octets = octets }

  mutating func number(_ count: Int) -> UInt16? {
    guard octets.count >= count else { return nil }
    defer { octets = octets.dropFirst(count) }
    return octets.prefix(count).reduce(0) { $0 << 8 | UInt16($1) }
  }

  mutating func skip(_ count: Int) -> Bool {
    guard octets.count >= count else { return false }
    octets = octets.dropFirst(count)
    return true
  }

  mutating func vector(_ lengthOctets: Int) -> HelloReader? {
    guard let length = number(lengthOctets), octets.count >= Int(length) else { return nil }
    defer { octets = octets.dropFirst(Int(length)) }
    return HelloReader(octets: octets.prefix(Int(length)))
  }

  /// The numbers of the extensions; none where there is no list, as in SSL 3.0.
  mutating func extensions() -> Set<UInt16> {
    var numbers: Set<UInt16> = []
    guard var list = vector(2) else { return numbers }
    while let number = list.number(2), list.vector(2) != nil { numbers.insert(number) }
    return numbers
  }
}

extension UInt16 {
  fileprivate var octets: [UInt8] { [UInt8(truncatingIfNeeded: self >> 8), UInt8(self & 0xFF)] }
}
