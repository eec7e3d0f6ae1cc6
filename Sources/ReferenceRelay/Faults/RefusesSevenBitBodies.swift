// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows only the new value of BODY.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesSevenBitBodies.self }

struct RefusesSevenBitBodies: RelayFault {
  static let summary = "BODY=7BIT is answered with 501."
  static let breaks = ["6152-3-body-7bit"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && command.text.hasSuffix(" BODY=7BIT")
      ? .say(501, "5.5.4", "BODY is 8BITMIME") : .proceed
  }
}
