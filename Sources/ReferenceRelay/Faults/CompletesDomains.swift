// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts its own domain behind a recipient without one.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CompletesDomains.self }

struct CompletesDomains: RelayFault {
  static let summary = "RCPT accepts a user without a domain."
  static let breaks = ["5321-4.1.2-missing-domain"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("RCPT TO:<user"), !command.contains("@") else { return .proceed }
    return .replace(line: Array("RCPT TO:<user1@relaymark.test>".utf8))
  }
}
