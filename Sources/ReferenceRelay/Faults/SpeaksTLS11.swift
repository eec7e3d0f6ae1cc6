// SPDX-License-Identifier: Apache-2.0
//
// A relay that stopped retiring versions of TLS halfway.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { SpeaksTLS11.self }

struct SpeaksTLS11: RelayFault {
  static let summary = "TLS 1.1 is agreed to."
  static let breaks = ["8996-5-no-tls11", "8997-3-min-tls12", "8997-3-tls12-new-users"]

  func adjust(_ tls: inout RelayTLS) {
    tls.minimum = .tls1_1
    tls.ciphers = "DEFAULT:@SECLEVEL=0"
  }
}
