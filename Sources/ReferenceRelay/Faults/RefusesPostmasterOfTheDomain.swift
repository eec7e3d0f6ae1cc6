// SPDX-License-Identifier: Apache-2.0
//
// A relay whose operator never made a mailbox for the postmaster.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesPostmasterOfTheDomain.self
}

struct RefusesPostmasterOfTheDomain: RelayFault {
  static let summary = "RCPT for postmaster at the own domain is refused."
  static let breaks = ["5321-4.1.1.3-postmaster-domain"]
  static let alsoTrips = [
    "rfc5321/4.5.1-minimum/postmaster-for-bounces": "It writes to the postmaster of the domain."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<postmaster@") && !command.contains("@[")
      ? .say(550, "5.1.1", "No such user") : .proceed
  }
}
