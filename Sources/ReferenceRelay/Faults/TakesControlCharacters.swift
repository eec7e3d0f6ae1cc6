// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads a path up to its bracket, whatever it holds.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesControlCharacters.self }

struct TakesControlCharacters: RelayFault {
  static let summary = "RCPT accepts a path with a control character."
  static let breaks = ["5321-4.1.2-invalid-chars-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT", context.sender != nil else { return .proceed }
    let hasControl = command.line.contains { $0 < 0x20 }
    return hasControl ? .say(250, "2.1.5", "Ok") : .proceed
  }
}
