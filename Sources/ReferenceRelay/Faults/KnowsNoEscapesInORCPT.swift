// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads ORCPT of the type utf-8 as xtext.

@used @section("relay_faults") private let entry: RelayFaultEntry = { KnowsNoEscapesInORCPT.self }

struct KnowsNoEscapesInORCPT: RelayFault {
  static let summary = "An escaped character in ORCPT of the type utf-8 is answered with 501."
  static let breaks = ["6533-3-orcpt-utf8-forms"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("RCPT TO:"), command.contains("ORCPT=utf-8;"), command.contains("\\x{")
    else { return .proceed }
    return .say(501, "5.5.4", "ORCPT is a type, ; and xtext")
  }
}
