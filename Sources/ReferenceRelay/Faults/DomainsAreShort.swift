// SPDX-License-Identifier: Apache-2.0
//
// A relay that keeps domains in 128 octets.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DomainsAreShort.self }

struct DomainsAreShort: RelayFault {
  static let summary = "A sender in a domain of 240 octets is refused with 501."
  static let breaks = ["5321-4.5.3.1.2-domain-255"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("MAIL FROM:<a@") && command.line.count > 200
      ? .say(501, "5.1.7", "Domain too long") : .proceed
  }
}
