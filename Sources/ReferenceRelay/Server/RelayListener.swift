// SPDX-License-Identifier: Apache-2.0
//
// Where a relay shall listen, and where it does.

/// One place to listen, in one role.
package struct RelayListener: Sendable, Equatable {
  package enum Place: Sendable, Equatable {
    /// Port 0: any that is free.
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  package var role: RelayRole
  package var place: Place

  package init(role: RelayRole, host: String = "127.0.0.1", port: Int = 0) {
    self.role = role
    place = .tcp(host: host, port: port)
  }

  /// A local socket; a stale one at the path is replaced, and it is removed at the end.
  package init(role: RelayRole, unixPath: String) {
    self.role = role
    place = .unix(path: unixPath)
  }
}

/// One place where a relay listens.
package struct RelayEndpoint: Sendable, Equatable, CustomStringConvertible {
  package var role: RelayRole
  /// The address; nil for a local socket.
  package var host: String?
  /// The port that was bound; nil for a local socket.
  package var port: Int?
  /// The path of a local socket.
  package var path: String?

  /// `relay 127.0.0.1:41234`, `lmtp [::1]:24`, `lmtp unix:/run/lmtp`.
  package var description: String {
    if let path { return "\(role.rawValue) unix:\(path)" }
    let host = host ?? ""
    return "\(role.rawValue) \(host.contains(":") ? "[\(host)]" : host):\(port ?? 0)"
  }
}

/// Why a relay cannot start.
package struct RelayStartError: Error, Sendable, CustomStringConvertible {
  package var description: String
  /// The system's reason (`errno`) where an address cannot be had.
  package var code: Int32?

  init(_ description: String, code: Int32? = nil) {
    self.description = description
    self.code = code
  }
}
