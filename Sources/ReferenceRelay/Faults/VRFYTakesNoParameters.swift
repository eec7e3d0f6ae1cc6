// SPDX-License-Identifier: Apache-2.0
//
// A relay whose VRFY has one argument and no more.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VRFYTakesNoParameters.self }

struct VRFYTakesNoParameters: RelayFault {
  static let summary = "VRFY with the parameter SMTPUTF8 is answered with 501."
  static let breaks = ["6531-3.7.4.2-vrfy-param"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.text.hasSuffix(" SMTPUTF8")
      ? .say(501, "5.5.4", "One argument, please") : .proceed
  }
}
