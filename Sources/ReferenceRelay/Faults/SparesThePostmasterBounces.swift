// SPDX-License-Identifier: Apache-2.0
//
// A relay that has too many bounces for its postmaster.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SparesThePostmasterBounces.self
}

struct SparesThePostmasterBounces: RelayFault {
  static let summary = "A bounce for the postmaster is refused."
  static let breaks = ["5321-4.5.1-postmaster-any-source"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<postmaster@") && context.sender == ""
      ? .say(550, "5.7.1", "No bounces here") : .proceed
  }
}
