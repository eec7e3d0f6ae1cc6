// SPDX-License-Identifier: Apache-2.0
//
// A relay behind a proxy that was made for the web.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NamesForeignProtocols.self }

struct NamesForeignProtocols: RelayFault {
  static let summary = "ALPN is answered with a protocol that the client did not offer."
  static let breaks = ["9325-3.8-alpn-mismatch"]

  func adjust(_ tls: inout RelayTLS) {
    tls.applicationProtocol = "http/1.1"
  }
}
