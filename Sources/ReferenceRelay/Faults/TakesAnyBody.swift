// SPDX-License-Identifier: Apache-2.0
//
// A relay for which every BODY that it does not know is 8BITMIME.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyBody.self }

struct TakesAnyBody: RelayFault {
  static let summary = "An unknown value of BODY is taken."
  static let breaks = ["6152-3-body-bad"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", command.text.hasSuffix(" BODY=NINEBIT") else { return .proceed }
    return .replace(line: Array(command.text.replacing("NINEBIT", with: "8BITMIME").utf8))
  }
}
