// SPDX-License-Identifier: Apache-2.0
//
// Where a relay listens, as wished and as it came out.

/// A place to listen at.
package struct RelayListener: Sendable {
  package var role: RelayRole
  package var place: Place

  package enum Place: Sendable, Hashable {
    /// A numeric address or a host name; port 0 takes a free one.
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  package init(role: RelayRole, host: String = "127.0.0.1", port: Int = 0) {
    self.role = role
    place = .tcp(host: host, port: port)
  }

  package init(role: RelayRole, unixPath: String) {
    self.role = role
    place = .unix(path: unixPath)
  }
}

/// Where a listener ended up.
package struct RelayEndpoint: Sendable, CustomStringConvertible {
  package var role: RelayRole
  /// The address, or the path of a unix socket.
  package var host: String
  /// 0 for a unix socket.
  package var port: Int

  /// `relay 127.0.0.1:41234`, `lmtp /run/lmtp`.
  package var description: String {
    if port == 0 { return "\(role.rawValue) \(host)" }
    return "\(role.rawValue) \(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}
