// SPDX-License-Identifier: Apache-2.0
//
// A relay that passes octets above 127 in a reverse-path, whatever they mean.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEightBitSenders.self }

struct TakesEightBitSenders: RelayFault {
  static let summary = "MAIL takes octets above 127 without SMTPUTF8."
  static let breaks = ["5321-2.4-8bit-envelope-rejected"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:"), !command.contains("SMTPUTF8") else { return .proceed }
    return .replace(line: command.line.map { $0 < 128 ? $0 : UInt8(ascii: "u") })
  }
}
