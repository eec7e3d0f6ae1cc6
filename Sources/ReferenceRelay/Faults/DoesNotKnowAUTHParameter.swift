// SPDX-License-Identifier: Apache-2.0
//
// A relay with AUTH the command and without AUTH the parameter.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  DoesNotKnowAUTHParameter.self
}

struct DoesNotKnowAUTHParameter: RelayFault {
  static let summary = "AUTH=<> on MAIL is answered with 555."
  static let breaks = ["4954-5-mail-auth-param"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", command.text.hasSuffix(" AUTH=<>") else { return .proceed }
    return .say(555, "5.5.4", "Parameter not recognized")
  }
}
