// SPDX-License-Identifier: Apache-2.0
//
// A relay whose cipher list stands on its head.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { PrefersStaticRSA.self }

struct PrefersStaticRSA: RelayFault {
  static let summary = "TLS_RSA is chosen although the client offers forward secrecy as well."
  static let breaks = ["9325-4.1-pfs", "9325-4.1-no-static-rsa"]

  func adjust(_ tls: inout RelayTLS) {
    tls.key = .rsa2048
    tls.ciphers = "kRSA+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20"
  }
}
