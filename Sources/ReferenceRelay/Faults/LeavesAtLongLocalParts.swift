// SPDX-License-Identifier: Apache-2.0
//
// A relay whose buffer for local parts runs over.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeavesAtLongLocalParts.self }

struct LeavesAtLongLocalParts: RelayFault {
  static let summary = "A recipient with 250 octets before the @ ends the connection."
  static let breaks = ["5321-4.5.3.1.1-localpart-65"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<xxxx") && command.line.firstIndex(of: UInt8(ascii: "@")) ?? 0 > 250
      ? .answerAndClose([], .orderly) : .proceed
  }
}
