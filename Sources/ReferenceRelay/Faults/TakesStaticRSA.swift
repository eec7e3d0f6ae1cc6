// SPDX-License-Identifier: Apache-2.0
//
// A relay that still takes keys that its own certificate gives away later.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesStaticRSA.self }

struct TakesStaticRSA: RelayFault {
  static let summary = "A key exchange without forward secrecy, TLS_RSA, is agreed to."
  static let breaks = ["9325-4.1-no-static-rsa"]

  func adjust(_ tls: inout RelayTLS) {
    tls.key = .rsa2048
    tls.ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:kRSA+AESGCM"
  }
}
