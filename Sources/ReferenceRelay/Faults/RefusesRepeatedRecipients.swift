// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses a recipient whom it has already.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesRepeatedRecipients.self
}

struct RefusesRepeatedRecipients: RelayFault {
  static let summary = "The same recipient twice is refused."
  static let breaks = ["5321-4.1.1.3-rcpt-duplicate"]

  private var last: [UInt8] = []

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard command.verb == "RCPT" else { return .proceed }
    defer { last = command.line }
    return command.line == last && context.recipients > 0
      ? .say(550, "5.1.0", "You have said so") : .proceed
  }
}
