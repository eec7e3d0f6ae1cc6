// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers VRFY with the short name of its host.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ShowsShortDomains.self }

struct ShowsShortDomains: RelayFault {
  static let summary = "VRFY shows an address whose domain is not fully qualified."
  static let breaks = ["5321-3.5.2-vrfy-fqdn"]
  static let alsoTrips = ["VRFY": "What is confirmed is judged by the mailbox that is named."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("@")
      ? .say(250, "2.1.5", "<user1@mailhost>") : .proceed
  }
}
