// SPDX-License-Identifier: Apache-2.0
//
// A relay whose TLS is of 2008.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesTLS13.self }

struct RefusesTLS13: RelayFault {
  static let summary = "TLS 1.3 is refused."
  static let breaks = ["9325-3.1.1-tls13-supported"]

  func adjust(_ tls: inout RelayTLS) {
    tls.maximum = .tls1_2
  }
}
