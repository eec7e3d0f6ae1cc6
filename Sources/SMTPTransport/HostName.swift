// SPDX-License-Identifier: Apache-2.0
//
// Names to addresses by the system's resolver. Blocks, so it is called on a thread of its own.

import Glibc
import NIOCore

enum HostName {
  /// All addresses of a name, in the resolver's order (RFC 6724), each once.
  static func addresses(of host: String, port: Int) throws -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_protocol = Int32(IPPROTO_TCP)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, "\(port)", &hints, &list)
    guard status == 0 else {
      let reason = String(cString: gai_strerror(status))
      throw TransportError(.unresolved, "\(host) has no address: \(reason)")
    }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      guard let address = socketAddress(of: entry), !found.contains(address) else { continue }
      found.append(address)
    }
    guard !found.isEmpty else {
      throw TransportError(.unresolved, "\(host) has no address")
    }
    return found
  }

  private static func socketAddress(of entry: addrinfo) -> SocketAddress? {
    guard let raw = UnsafeRawPointer(entry.ai_addr) else { return nil }
    switch entry.ai_family {
    case AF_INET: return SocketAddress(raw.load(as: sockaddr_in.self))
    case AF_INET6: return SocketAddress(raw.load(as: sockaddr_in6.self))
    default: return nil
    }
  }
}

enum SourceAddress {
  /// A numeric local address, any port.
  static func parse(_ text: String) throws(TransportError) -> SocketAddress {
    do {
      return try SocketAddress(ipAddress: text, port: 0)
    } catch {
      throw TransportError(.source, "\"\(text)\" is no IP address to connect from")
    }
  }
}
