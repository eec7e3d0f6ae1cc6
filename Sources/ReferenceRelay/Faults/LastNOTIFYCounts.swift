// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets a later NOTIFY replace an earlier one.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LastNOTIFYCounts.self }

struct LastNOTIFYCounts: RelayFault {
  static let summary = "NOTIFY twice is taken."
  static let breaks = ["3461-5.1-dup-rcpt-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT",
      let mark = command.text.firstRange(of: " NOTIFY=NEVER NOTIFY=")
    else { return .proceed }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
