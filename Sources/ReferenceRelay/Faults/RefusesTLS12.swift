// SPDX-License-Identifier: Apache-2.0
//
// A relay that has left everybody behind who has no TLS 1.3.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesTLS12.self }

struct RefusesTLS12: RelayFault {
  static let summary = "TLS 1.2 is refused."
  static let breaks = ["9325-3.1.1-tls12-supported", "8314-4-tls12"]

  func adjust(_ tls: inout RelayTLS) {
    tls.minimum = .tls1_3
  }
}
