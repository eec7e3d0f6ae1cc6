// SPDX-License-Identifier: Apache-2.0
//
// A relay that falls over when a command holds NUL and octets above 127.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeavesAtArbitraryOctets.self }

struct LeavesAtArbitraryOctets: RelayFault {
  static let summary = "A line with NUL and octets above 127 ends the connection without a word."
  static let breaks = ["3030-2-bdat-arbitrary-octets"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.line.contains(0) && command.line.contains(255)
      ? .answerAndClose([], .orderly) : .proceed
  }
}
