// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes its clients at their word.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SpeaksLMTPAsWell.self }

struct SpeaksLMTPAsWell: RelayFault {
  static let summary = "A relay takes LHLO for EHLO."
  static let breaks = ["2033-5-not-port-25"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "LHLO", context.role == .relay else { return .proceed }
    return .replace(line: Array("EHLO \(command.argument)".utf8))
  }
}
