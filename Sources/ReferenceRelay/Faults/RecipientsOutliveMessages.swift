// SPDX-License-Identifier: Apache-2.0
//
// A relay that empties its list of recipients too late, so that the next message has them too.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RecipientsOutliveMessages.self
}

struct RecipientsOutliveMessages: RelayFault {
  static let summary = "DATA without RCPT is accepted where an earlier message had recipients."
  static let breaks = ["5321-3.3-mail-resets-buffers"]

  /// Content is on its way that the machine knows nothing of.
  private var isTaking = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if isTaking {
      guard command.text == "." else { return .answer([]) }
      isTaking = false
      return .say(250, "2.0.0", "Taken for the recipients of the last message")
    }
    guard command.verb == "DATA", context.messages > 0, context.sender != nil,
      context.recipients == 0
    else { return .proceed }
    isTaking = true
    return .say(354, "Go on")
  }
}
