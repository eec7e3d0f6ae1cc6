// SPDX-License-Identifier: Apache-2.0
//
// A relay whose cipher list holds ciphers that encrypt nothing.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesNullCiphers.self }

struct TakesNullCiphers: RelayFault {
  static let summary = "A cipher that encrypts nothing is agreed to."
  static let breaks = ["9325-4.1-no-null-rc4-export"]

  func adjust(_ tls: inout RelayTLS) {
    tls.ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:eNULL:@SECLEVEL=0"
  }
}
