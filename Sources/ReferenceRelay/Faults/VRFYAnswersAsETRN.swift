// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers VRFY with a code of ETRN.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VRFYAnswersAsETRN.self }

struct VRFYAnswersAsETRN: RelayFault {
  static let summary = "VRFY of somebody unknown is answered with 253."
  static let breaks = ["5321-4.3.2-vrfy-codes"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("VRFY nobody") ? .say(253, "2.1.5", "Cannot verify") : .proceed
  }
}
