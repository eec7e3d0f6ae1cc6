// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads the sizes of MAIL one after another and keeps the last.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LastSizeCounts.self }

struct LastSizeCounts: RelayFault {
  static let summary = "A second SIZE in one MAIL command is taken."
  static let breaks = ["1870-6-size-once"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL" else { return .proceed }
    let words = command.text.split(separator: " ")
    let sizes = words.filter { $0.hasPrefix("SIZE=") }
    guard sizes.count > 1 else { return .proceed }
    let others = words.filter { !$0.hasPrefix("SIZE=") }
    return .replace(line: Array((others + sizes.suffix(1)).joined(separator: " ").utf8))
  }
}
