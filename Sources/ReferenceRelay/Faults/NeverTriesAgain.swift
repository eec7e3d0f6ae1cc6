// SPDX-License-Identifier: Apache-2.0
//
// A relay that gives a message up where its next hop cannot take it yet.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NeverTriesAgain.self }

struct NeverTriesAgain: RelayFault {
  static let summary = "A message that the next hop refuses with 4yz is given up."
  static let breaks = ["5321-4.2.5-2yz-responsibility"]

  func adjust(_ policy: inout RelayPolicy) { policy.triesAgain = false }
}
