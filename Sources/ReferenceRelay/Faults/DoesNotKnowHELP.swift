// SPDX-License-Identifier: Apache-2.0
//
// A relay that helps nobody.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowHELP.self }

struct DoesNotKnowHELP: RelayFault {
  static let summary = "HELP is answered with 502."
  static let breaks = ["5321-4.1.1.8-help-supported"]
  static let alsoTrips = ["rfc5321/4.2.4-codes/offers-are-kept": "HELP is offered and refused."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "HELP" ? .say(502, "5.5.1", "Not here") : .proceed
  }
}
