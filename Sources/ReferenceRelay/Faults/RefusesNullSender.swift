// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes mail from nobody for spam.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesNullSender.self }

struct RefusesNullSender: RelayFault {
  static let summary = "MAIL FROM:<> is refused."
  static let breaks = ["5321-4.1.1.2-null-sender", "6409-3.2-null-sender-ok"]

  func adjust(_ policy: inout RelayPolicy) { policy.acceptsNullSender = false }
}
