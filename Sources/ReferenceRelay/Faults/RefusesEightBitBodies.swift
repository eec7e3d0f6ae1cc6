// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers 8BITMIME and has never heard of its parameter.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesEightBitBodies.self }

struct RefusesEightBitBodies: RelayFault {
  static let summary = "BODY=8BITMIME is answered with 555."
  static let breaks = ["6152-3-body-8bitmime"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && command.text.hasSuffix("> BODY=8BITMIME")
      ? .say(555, "5.5.4", "Parameter BODY is not known here") : .proceed
  }
}
