// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers the end of a message as LMTP does.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RepliesForEveryRecipient.self
}

struct RepliesForEveryRecipient: RelayFault {
  static let summary = "The end of a message is answered once for every recipient, outside LMTP."
  static let breaks = ["5321-4.1.1.4-single-reply", "5321-4.2-one-reply"]

  func adjust(_ policy: inout RelayPolicy) { policy.repliesPerRecipient = true }
}
