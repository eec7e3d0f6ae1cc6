// SPDX-License-Identifier: Apache-2.0
//
// A relay with a short list of recipients.

@used @section("relay_faults") private let entry: RelayFaultEntry = { FiftyRecipients.self }

struct FiftyRecipients: RelayFault {
  static let summary = "The 51st recipient of a message is refused with 452."
  static let breaks = ["5321-4.5.3.1.8-100-recipients"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RCPT" && context.recipients == 50
      ? .say(452, "4.5.3", "Too many recipients") : .proceed
  }
}
