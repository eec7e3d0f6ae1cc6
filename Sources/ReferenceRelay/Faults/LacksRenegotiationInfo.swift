// SPDX-License-Identifier: Apache-2.0
//
// A relay whose TLS 1.2 is of before 2010.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { LacksRenegotiationInfo.self }

struct LacksRenegotiationInfo: RelayFault {
  static let summary = "TLS 1.2 says nothing about secure renegotiation."
  static let breaks = ["9325-3.5-reneg-info"]

  func adjust(_ tls: inout RelayTLS) { tls.forgery = .noRenegotiationInfo }
}
