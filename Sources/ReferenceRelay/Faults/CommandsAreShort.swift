// SPDX-License-Identifier: Apache-2.0
//
// A relay whose line buffer has room for 510 octets, CRLF included.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CommandsAreShort.self }

struct CommandsAreShort: RelayFault {
  static let summary = "NOOP with 512 octets is answered with 500."
  static let breaks = ["5321-4.5.3.1.4-command-512"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "NOOP" && command.line.count == 510
      ? .say(500, "5.5.2", "Line too long") : .proceed
  }
}
