// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows its users' addresses and takes them for forged.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesOwnUsersFromOutside.self
}

struct RefusesOwnUsersFromOutside: RelayFault {
  static let summary = "A sender who is a user of the relay is refused to strangers."
  static let breaks = ["2505-2.6.2-own-domain-sender"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:<user"), context.role == .relay else { return .proceed }
    return .say(550, "5.7.1", "That is one of us, and you are not")
  }
}
