// SPDX-License-Identifier: Apache-2.0
//
// The header that SCRAM and OAUTHBEARER put in front of the client's first message: what the
// client thinks of channel binding, and whom it wants to act as.

/// `flag,[a=authzid],` (RFC 5802, section 7, `gs2-header`).
struct GS2Header: Equatable {
  /// What the client says about channel binding.
  enum Flag: Equatable {
    /// `n`: it cannot bind.
    case unsupported
    /// `y`: it could, but the server seems not to.
    case notOffered
    /// `p=name`: it binds with this type.
    case bound(String)
  }

  var flag: Flag
  var authorizationIdentity: String

  /// The header of a client; the flag follows the rules of RFC 5802, section 6.
  init(
    mechanism: SASLMechanism, binding: ChannelBinding?, offered: [String],
    credentials: SASLCredentials
  ) throws(SASLError) {
    if mechanism.bindsChannel {
      guard let binding, !binding.data.isEmpty else {
        throw SASLError(
          .missingCredential, "\(mechanism.rawValue) needs a TLS connection to bind to")
      }
      flag = .bound(binding.kind.rawValue)
    } else if binding == nil {
      flag = .unsupported
    } else {
      let plus = mechanism.rawValue + "-PLUS"
      flag = offered.contains { $0.uppercased() == plus } ? .unsupported : .notOffered
    }
    authorizationIdentity =
      credentials.authorizationIdentity.isEmpty
      ? ""
      : try SASLPreparation.prepare(
        credentials.authorizationIdentity, as: "authorization identity")
  }

  /// Reads a header up to and with its second comma.
  init(received octets: some Collection<UInt8>) throws(SASLError) {
    let parts = octets.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].isEmpty else {
      throw SASLError(.malformed, "a GS2 header without its two commas")
    }
    let name = try text(parts[0], of: "the channel binding flag")
    switch name {
    case "n": flag = .unsupported
    case "y": flag = .notOffered
    case _ where name.hasPrefix("p=") && name.utf8.dropFirst(2).allSatisfy(Self.isNameOctet):
      flag = .bound(String(name.dropFirst(2)))
    default: throw SASLError(.malformed, "the channel binding flag is none of n, y and p=name")
    }
    guard !parts[1].isEmpty else {
      authorizationIdentity = ""
      return
    }
    guard parts[1].starts(with: "a=".utf8) else {
      throw SASLError(.malformed, "no a= between the commas of the GS2 header")
    }
    authorizationIdentity = try SASLName.unescape(parts[1].dropFirst(2))
  }

  /// The header as it is sent.
  var octets: [UInt8] {
    let identity =
      authorizationIdentity.isEmpty ? "" : "a=" + SASLName.escape(authorizationIdentity)
    let name =
      switch flag {
      case .unsupported: "n"
      case .notOffered: "y"
      case .bound(let kind): "p=" + kind
      }
    return Array("\(name),\(identity),".utf8)
  }

  /// `cb-name` of RFC 5802, section 7.
  private static func isNameOctet(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// Names inside comma-separated messages (RFC 5802, section 5.1, `saslname`).
enum SASLName {
  /// The name with `=2C` and `=3D` for comma and equals sign.
  static func escape(_ name: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      switch scalar {
      case ",": escaped += "=2C".unicodeScalars
      case "=": escaped += "=3D".unicodeScalars
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// The name behind an escaped one; any other use of `=` fails the exchange.
  static func unescape(_ escaped: some Collection<UInt8>) throws(SASLError) -> String {
    var name: [UInt8] = []
    var rest = escaped[...]
    while let octet = rest.popFirst() {
      if octet != UInt8(ascii: "=") {
        name.append(octet)
      } else if rest.starts(with: "2C".utf8) {
        name.append(UInt8(ascii: ","))
        rest = rest.dropFirst(2)
      } else if rest.starts(with: "3D".utf8) {
        name.append(UInt8(ascii: "="))
        rest = rest.dropFirst(2)
      } else {
        throw SASLError(.malformed, "= in a name that is followed by neither 2C nor 3D")
      }
    }
    guard !name.isEmpty else { throw SASLError(.malformed, "an empty name") }
    return try text(name, of: "the name")
  }
}
