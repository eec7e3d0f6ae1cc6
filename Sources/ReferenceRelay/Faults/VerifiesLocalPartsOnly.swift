// SPDX-License-Identifier: Apache-2.0
//
// A relay whose VRFY knows no domains.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VerifiesLocalPartsOnly.self }

struct VerifiesLocalPartsOnly: RelayFault {
  static let summary = "VRFY refuses an address with a domain as a syntax error."
  static let breaks = ["5321-3.5.1-vrfy-user-at-domain"]
  static let alsoTrips = ["VRFY": "A whole address is refused."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("@")
      ? .say(501, "5.5.4", "Only the name, please") : .proceed
  }
}
