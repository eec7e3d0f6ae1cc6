// SPDX-License-Identifier: Apache-2.0
//
// A relay that denies all knowledge of its users to VRFY.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VRFYDeniesEverybody.self }

struct VRFYDeniesEverybody: RelayFault {
  static let summary = "VRFY of an address is answered with 550, whoever it is."
  static let breaks = ["5321-7.3-vrfy-disabled-252"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("VRFY user") ? .say(550, "5.1.1", "No such user here") : .proceed
  }
}
