// SPDX-License-Identifier: Apache-2.0
//
// A relay that says yes to VRFY whatever is asked.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VerifiesNobody.self }

struct VerifiesNobody: RelayFault {
  static let summary = "VRFY without a name is answered with 250."
  static let breaks = ["5321-4.1.1.6-vrfy-arg-missing"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "VRFY" ? .say(250, "2.1.5", "<postmaster@relaymark.test>") : .proceed
  }
}
