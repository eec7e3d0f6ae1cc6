// SPDX-License-Identifier: Apache-2.0
//
// Mailboxes and paths as values (RFC 5321 section 4.1.2, RFC 6531 section 3.3).

/// A mailbox, `local-part@domain`.
package struct Mailbox: Sendable, Hashable, CustomStringConvertible {
  package var localPart: LocalPart
  package var domain: MailDomain

  package init(localPart: LocalPart, domain: MailDomain) {
    self.localPart = localPart
    self.domain = domain
  }

  package var description: String { "\(localPart)@\(domain)" }
}

/// The part of a mailbox before the `@`.
///
/// Plain and quoted forms of the same octets are equal (RFC 5321 section 4.1.2).
package struct LocalPart: Sendable, Hashable, CustomStringConvertible {
  /// The octets meant: without quotes, and without the backslashes of quoted pairs.
  package var octets: [UInt8]
  package var wasQuoted: Bool

  package init(octets: [UInt8], wasQuoted: Bool = false) {
    self.octets = octets
    self.wasQuoted = wasQuoted
  }

  package static func == (left: Self, right: Self) -> Bool { left.octets == right.octets }

  package func hash(into hasher: inout Hasher) { hasher.combine(octets) }

  /// As it is to be written: quoted only where it must be.
  package var description: String {
    let atoms = octets.split(separator: 46, omittingEmptySubsequences: false)
    let isPlain = atoms.allSatisfy { atom in
      !atom.isEmpty && atom.allSatisfy { OctetClass.isAtomText($0) || $0 >= 128 }
    }
    if isPlain { return String(decoding: octets, as: UTF8.self) }
    var quoted: [UInt8] = [34]
    for octet in octets {
      if octet == 34 || octet == 92 { quoted.append(92) }
      quoted.append(octet)
    }
    return String(decoding: quoted + [34], as: UTF8.self)
  }
}

/// The part of a mailbox behind the `@`.
package enum MailDomain: Sendable, Hashable, CustomStringConvertible {
  /// A domain name, in lower case.
  case name(String)
  /// `[192.0.2.1]`
  case ipv4(String)
  /// `[IPv6:2001:db8::1]`, the address as written.
  case ipv6(String)
  /// `[tag:content]` with another tag.
  case general(tag: String, content: String)

  package var description: String {
    switch self {
    case .name(let name): name
    case .ipv4(let address): "[\(address)]"
    case .ipv6(let address): "[IPv6:\(address)]"
    case .general(let tag, let content): "[\(tag):\(content)]"
    }
  }
}

/// A reverse-path or forward-path.
package struct MailPath: Sendable, Hashable, CustomStringConvertible {
  package var target: Target
  /// The hosts of a source route, which a server parses and ignores (RFC 5321 appendix C).
  package var sourceRoute: [String]
  /// Octets of the path with its brackets.
  package var length: Int

  package init(target: Target, sourceRoute: [String] = [], length: Int = 0) {
    self.target = target
    self.sourceRoute = sourceRoute
    self.length = length
  }

  package enum Target: Sendable, Hashable {
    /// `<>`
    case null
    /// `<postmaster>` in any letter case, without a domain.
    case postmaster
    case mailbox(Mailbox)
  }

  package var mailbox: Mailbox? {
    if case .mailbox(let mailbox) = target { return mailbox }
    return nil
  }

  /// As it is to be written, with its brackets and its source route.
  package var description: String {
    let route = sourceRoute.map { "@" + $0 }.joined(separator: ",")
    let front = route.isEmpty ? "" : route + ":"
    return switch target {
    case .null: "<>"
    case .postmaster: "<postmaster>"
    case .mailbox(let mailbox): "<\(front)\(mailbox)>"
    }
  }

  /// Whether a part is longer than every receiver must take (RFC 5321 section 4.5.3.1): local part
  /// 64 octets, domain 255, path 256.
  package var exceedsMinimumLimits: Bool {
    guard let mailbox else { return length > 256 }
    return length > 256 || mailbox.localPart.octets.count > 64
      || mailbox.domain.description.utf8.count > 255
  }
}
