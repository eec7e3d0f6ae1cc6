// SPDX-License-Identifier: Apache-2.0
//
// What goes wrong on our side of a connection, in words for people.

import NIOCore
import NIOPosix
import TLSEngine

#if canImport(Glibc)
  import Glibc
#endif

/// The target cannot even be tried: a name that does not resolve, a source that is no address, TLS
/// material that cannot be read.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    /// The target's name has no address.
    case unresolved
    /// A source address is none, or of the wrong family.
    case source
    /// The TLS settings cannot be used.
    case tls
    /// A message cannot be made.
    case content
  }

  package var code: Code
  /// One line, with the cure where there is one.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}

/// Errors of the system as one line.
enum SystemFault {
  /// Why there is no connection to the address.
  static func connect(_ error: any Error, to address: SocketAddress) -> String {
    "\(address.shown): \(words(error))"
  }

  /// An error in words; a system error by its text and name.
  static func words(_ error: any Error) -> String {
    if let error = error as? IOError { return words(errno: error.errnoCode) }
    if case .connectTimeout? = error as? ChannelError { return "no answer" }
    if let error = error as? TLSError { return error.description }
    return "\(error)"
  }

  static func words(errno code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text).lowercased()
  }

  /// The end of a connection that an error stands for.
  static func end(_ error: any Error) -> (isReset: Bool, errno: Int32)? {
    guard let error = error as? IOError else { return nil }
    return (error.errnoCode == ECONNRESET || error.errnoCode == EPIPE, error.errnoCode)
  }
}

extension SocketAddress {
  /// `127.0.0.1:25`, `[::1]:25` or the path of a unix socket.
  package var shown: String {
    switch self {
    case .v4: "\(ipAddress ?? "?"):\(port ?? 0)"
    case .v6: "[\(ipAddress ?? "?")]:\(port ?? 0)"
    case .unixDomainSocket: pathname ?? "unix socket"
    }
  }
}
