// SPDX-License-Identifier: Apache-2.0
//
// A relay whose TLS 1.2 is of before 2015.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  LacksExtendedMasterSecret.self
}

struct LacksExtendedMasterSecret: RelayFault {
  static let summary =
    "TLS 1.2 goes without the extended master secret, which opens the triple handshake."
  static let breaks = ["9325-3.5-ems"]

  func adjust(_ tls: inout RelayTLS) {
    tls.extendedMasterSecret = false
  }
}
