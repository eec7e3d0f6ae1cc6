// SPDX-License-Identifier: Apache-2.0
//
// A relay that stores ORCPT unread.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyORCPT.self }

struct TakesAnyORCPT: RelayFault {
  static let summary = "ORCPT without an address type is taken."
  static let breaks = ["3461-5.1-bad-notify-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard let mark = command.text.firstRange(of: " ORCPT=noaddrtype") else { return .proceed }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
