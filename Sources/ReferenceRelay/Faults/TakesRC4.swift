// SPDX-License-Identifier: Apache-2.0
//
// A relay that still has RC4 for the clients that want it.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesRC4.self }

struct TakesRC4: RelayFault {
  static let summary = "RC4 is agreed to."
  static let breaks = ["9325-4.1-no-null-rc4-export"]

  func adjust(_ tls: inout RelayTLS) { tls.forgery = .rc4 }
}
