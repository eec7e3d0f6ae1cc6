// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes Diffie-Hellman over finite fields.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesFiniteFieldDHE.self }

struct TakesFiniteFieldDHE: RelayFault {
  static let summary = "A key exchange over finite fields, TLS_DHE, is agreed to."
  static let breaks = ["9325-4.1-no-dhe-12"]

  func adjust(_ tls: inout RelayTLS) {
    tls.key = .rsa2048
    tls.ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"
  }
}
