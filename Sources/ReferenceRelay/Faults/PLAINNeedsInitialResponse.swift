// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes the response to PLAIN with the command only.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  PLAINNeedsInitialResponse.self
}

struct PLAINNeedsInitialResponse: RelayFault {
  static let summary = "AUTH PLAIN without an initial response is answered with 501."
  static let breaks = ["4954-4-no-ir-ok", "4954-4-empty-challenge"]
  static let alsoTrips = [
    "AUTH": "AUTH PLAIN without a response is refused before anything else is looked at."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.text.uppercased() == "AUTH PLAIN" else { return .proceed }
    return .say(501, "5.5.4", "Response missing")
  }
}
