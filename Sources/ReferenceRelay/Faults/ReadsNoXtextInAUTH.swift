// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes the plus sign for an error.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReadsNoXtextInAUTH.self }

struct ReadsNoXtextInAUTH: RelayFault {
  static let summary = "AUTH with xtext on MAIL is answered with 501."
  static let breaks = ["4954-5-mail-auth-xtext"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", command.contains(" AUTH=e+3D") else { return .proceed }
    return .say(501, "5.5.4", "Syntax error in AUTH")
  }
}
