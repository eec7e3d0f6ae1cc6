// SPDX-License-Identifier: Apache-2.0
//
// A relay that still serves the clients of 1999.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { SpeaksTLS10.self }

struct SpeaksTLS10: RelayFault {
  static let summary = "TLS 1.0 is agreed to, and 1.1."
  static let breaks = [
    "8996-4-no-tls10", "8996-5-no-tls11", "8997-3-min-tls12", "8997-3-tls12-new-users",
  ]

  func adjust(_ tls: inout RelayTLS) {
    tls.minimum = .tls1_0
    tls.ciphers = "DEFAULT:@SECLEVEL=0"
  }
}
