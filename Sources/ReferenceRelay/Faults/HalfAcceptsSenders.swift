// SPDX-License-Identifier: Apache-2.0
//
// A relay that asks back where it should say yes or no.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HalfAcceptsSenders.self }

struct HalfAcceptsSenders: RelayFault {
  static let summary = "MAIL from a domain that cannot exist is answered with 3yz."
  static let breaks = ["5321-3.3-mail-failure-class"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("MAIL FROM:") && command.contains(".invalid>")
      ? .say(354, "Go on, convince me") : .proceed
  }
}
