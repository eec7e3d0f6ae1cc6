// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers DSN and implements the half that it needed.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowENVID.self }

struct DoesNotKnowENVID: RelayFault {
  static let summary = "The parameter ENVID is answered with 555."
  static let breaks = ["3461-5.1-ret-envid-neutral"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && command.text.hasSuffix(" ENVID=abc+2Bd")
      ? .say(555, "5.5.4", "Parameter not recognized") : .proceed
  }
}
