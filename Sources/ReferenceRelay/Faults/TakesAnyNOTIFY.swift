// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks for words in NOTIFY and forgets that NEVER stands alone.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyNOTIFY.self }

struct TakesAnyNOTIFY: RelayFault {
  static let summary = "NOTIFY=NEVER,SUCCESS and unknown words are taken."
  static let breaks = ["3461-5.1-bad-notify-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT",
      command.text.hasSuffix(" NOTIFY=NEVER,SUCCESS") || command.text.hasSuffix(" NOTIFY=FOO"),
      let mark = command.text.firstRange(of: " NOTIFY=")
    else { return .proceed }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
