// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers BINARYMIME and takes 7BIT and 8BITMIME.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowBinaryBodies.self }

struct DoesNotKnowBinaryBodies: RelayFault {
  static let summary = "BODY=BINARYMIME is answered with 501."
  static let breaks = ["3030-3-binary-body-accepted"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && command.contains(" BODY=BINARYMIME") && !command.contains("SMTPUTF8")
      ? .say(501, "5.5.4", "BODY is 7BIT or 8BITMIME") : .proceed
  }
}
