// SPDX-License-Identifier: Apache-2.0
//
// A relay that expands lists for those who ask, and does not say so.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ExpandsUnlisted.self }

struct ExpandsUnlisted: RelayFault {
  static let summary = "EXPN works although the EHLO reply does not list it."
  static let breaks = ["5321-3.5.2-expn-advertised", "5321-4.1.1.1-ehlo-required-commands-listed"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "EXPN" ? .say(250, "2.1.5", "<postmaster@relaymark.test>") : .proceed
  }
}
