// SPDX-License-Identifier: Apache-2.0
//
// A relay whose operator switched VRFY off with the wrong code.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowVRFY.self }

struct DoesNotKnowVRFY: RelayFault {
  static let summary = "VRFY is answered with 502."
  static let breaks = ["5321-3.5.2-vrfy-supported"]
  static let alsoTrips = ["VRFY": "The command is refused whatever its parameters."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" ? .say(502, "5.5.1", "Not here") : .proceed
  }
}
