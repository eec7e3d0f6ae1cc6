// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets a later RET replace an earlier one.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LastRETCounts.self }

struct LastRETCounts: RelayFault {
  static let summary = "RET twice is taken."
  static let breaks = ["3461-5.1-dup-mail-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", let mark = command.text.firstRange(of: " RET=HDRS RET=") else {
      return .proceed
    }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
