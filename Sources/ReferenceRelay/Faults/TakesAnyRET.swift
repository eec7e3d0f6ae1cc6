// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes RET for granted.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyRET.self }

struct TakesAnyRET: RelayFault {
  static let summary = "RET with a value that it does not have is taken."
  static let breaks = ["3461-5.1-bad-ret-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", let mark = command.text.firstRange(of: " RET=SOME") else {
      return .proceed
    }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
