// SPDX-License-Identifier: Apache-2.0
//
// A relay that cuts a long line where its buffer ends and takes the rest for a command.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReadsOnInLongLines.self }

struct ReadsOnInLongLines: RelayFault {
  static let summary = "A line of more than 2048 octets gets two replies."
  static let breaks = ["5321-4.5.3.1.4-command-too-long", "5321-4.2-one-reply"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "NOOP", command.line.count > 2_048 else { return .proceed }
    let line = RelayReply(500, "5.5.2", "Line too long")
    return .answer([line, RelayReply(500, "5.5.1", "Unknown command")])
  }
}
