// SPDX-License-Identifier: Apache-2.0
//
// A relay from before 1993, which knows HELO alone.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowEHLO.self }

struct DoesNotKnowEHLO: RelayFault {
  static let summary = "EHLO is unknown."
  static let breaks = ["5321-3.2-ehlo-supported"]
  static let alsoTrips = ["EHLO": "The hello is refused."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "EHLO" ? .say(500, "5.5.1", "Unknown command") : .proceed
  }
}
