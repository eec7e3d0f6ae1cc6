// SPDX-License-Identifier: Apache-2.0
//
// A relay whose limit is for declared sizes only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesMessagesOfAnySize.self }

struct TakesMessagesOfAnySize: RelayFault {
  static let summary = "A message above the limit is accepted where MAIL has declared no size."
  static let breaks = ["1870-4-actual-too-big"]

  func adjust(_ policy: inout RelayPolicy) { policy.refusesActualSize = false }
}
