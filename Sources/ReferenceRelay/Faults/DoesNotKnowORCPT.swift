// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers DSN and knows nothing of original recipients.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowORCPT.self }

struct DoesNotKnowORCPT: RelayFault {
  static let summary = "The parameter ORCPT beside NOTIFY is answered with 555."
  static let breaks = ["3461-5.1-notify-orcpt-neutral"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.contains("NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;first")
      ? .say(555, "5.5.4", "Parameter not recognized") : .proceed
  }
}
