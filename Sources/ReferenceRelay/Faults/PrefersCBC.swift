// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets the client choose the cipher, however weak.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PrefersCBC.self }

struct PrefersCBC: RelayFault {
  static let summary =
    "A client that names AES in CBC mode first gets it, though both sides have GCM."
  static let breaks = ["9325-4.2.1-aes128gcm-preferred"]

  func adjust(_ tls: inout RelayTLS) {
    tls.prefersOwnCiphers = false
    tls.ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:@SECLEVEL=1"
  }
}
