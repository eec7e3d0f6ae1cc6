// SPDX-License-Identifier: Apache-2.0
//
// A relay that keeps the last BODY it reads.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LastBodyCounts.self }

struct LastBodyCounts: RelayFault {
  static let summary = "A second BODY in one MAIL command is taken."
  static let breaks = ["6152-3-body-twice"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", command.contains(" BODY=7BIT BODY=") else { return .proceed }
    return .replace(line: Array(command.text.replacing(" BODY=7BIT", with: "").utf8))
  }
}
