// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants a name in EHLO, not an address.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesAddressLiteralsInHello.self
}

struct RefusesAddressLiteralsInHello: RelayFault {
  static let summary = "EHLO with an address literal is refused."
  static let breaks = ["5321-4.1.1.1-ehlo-literal-accepted"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("EHLO [") ? .say(501, "5.5.4", "A name, please") : .proceed
  }
}
