// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows STARTTLS and does not say so.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesStarttls.self }

struct HidesStarttls: RelayFault {
  static let summary = "STARTTLS is not offered for submission, and works."
  static let breaks = [
    "3207-4-unadvertised-starttls", "5321-4.1.1.1-ehlo-required-commands-listed",
  ]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .submission { capabilities.removeAll { $0 == "STARTTLS" } }
  }
}
