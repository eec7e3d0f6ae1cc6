// SPDX-License-Identifier: Apache-2.0
//
// A relay that verifies nobody and still refuses those it does not know.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VRFYTellsUsersApart.self }

struct VRFYTellsUsersApart: RelayFault {
  static let summary = "VRFY of somebody unknown is answered with 550, of a user with 252."
  static let breaks = ["5321-7.3-vrfy-no-leak"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("VRFY nobody") ? .say(550, "5.1.1", "No such user here") : .proceed
  }
}
