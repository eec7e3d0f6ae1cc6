// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes domains as the DNS writes them.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesDotsBehindDomains.self }

struct TakesDotsBehindDomains: RelayFault {
  static let summary = "RCPT accepts a domain with a dot behind it."
  static let breaks = ["5321-4.1.2-trailing-dot-domain"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT", command.text.hasSuffix(".>") else { return .proceed }
    return .replace(line: command.line.dropLast(2) + [UInt8(ascii: ">")])
  }
}
