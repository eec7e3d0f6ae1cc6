// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets a client change from BDAT to DATA within a message.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesDataBehindChunks.self }

struct TakesDataBehindChunks: RelayFault {
  static let summary = "DATA behind a chunk is answered with 354."
  static let breaks = ["3030-2-bdat-then-data"]

  func adjust(_ policy: inout RelayPolicy) { policy.mixesDataWithChunks = true }
}
