// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes reports to several people for spam.

@used @section("relay_faults") private let entry: RelayFaultEntry = { BouncesHaveOneRecipient.self }

struct BouncesHaveOneRecipient: RelayFault {
  static let summary = "The null sender may send to one recipient only."
  static let breaks = ["2505-2.6.1-null-sender-never-refused"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT", context.sender == "", context.recipients > 0 else {
      return .proceed
    }
    return .say(550, "5.5.3", "A report has one recipient")
  }
}
