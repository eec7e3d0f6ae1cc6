// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not look at the dots of a local part.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesMisplacedDots.self }

struct TakesMisplacedDots: RelayFault {
  static let summary = "MAIL takes two dots side by side."
  static let breaks = ["5321-4.1.2-double-dot"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.contains("<a..b@") else { return .proceed }
    return .replace(line: Array("MAIL FROM:<a.b\(command.argument.drop { $0 != "@" })".utf8))
  }
}
