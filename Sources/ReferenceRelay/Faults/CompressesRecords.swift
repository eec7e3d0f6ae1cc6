// SPDX-License-Identifier: Apache-2.0
//
// A relay that saves octets and tells its secrets by their number.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { CompressesRecords.self }

struct CompressesRecords: RelayFault {
  static let summary = "TLS 1.2 is compressed for clients that offer it."
  static let breaks = ["9325-3.3-no-compression"]

  func adjust(_ tls: inout RelayTLS) { tls.forgery = .compression }
}
