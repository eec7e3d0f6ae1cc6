// SPDX-License-Identifier: Apache-2.0
//
// A relay that has forgotten HELO.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowHELO.self }

struct DoesNotKnowHELO: RelayFault {
  static let summary = "HELO is unknown."
  static let breaks = ["5321-3.2-helo-supported"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "HELO" ? .say(502, "5.5.1", "Say EHLO") : .proceed
  }
}
