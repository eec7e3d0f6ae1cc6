// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes mail from those who have not said hello.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NeedsNoHello.self }

struct NeedsNoHello: RelayFault {
  static let summary = "MAIL works before EHLO."
  static let breaks = ["5321-4.1.4-ehlo-required"]

  func adjust(_ policy: inout RelayPolicy) { policy.requiresHello = false }
}
