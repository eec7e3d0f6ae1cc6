// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes a message and loses it, since it is for nobody.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesMessagesForNobody.self }

struct TakesMessagesForNobody: RelayFault {
  static let summary = "DATA works without a recipient."
  static let breaks = ["5321-3.3-data-no-rcpt"]
  static let alsoTrips = [
    "DATA": "DATA without a recipient is how forgotten recipients show.",
    "BDAT": "BDAT works without a recipient just so.",
    "invariants/one-reply-per-command":
      "In LMTP a message for nobody gets no reply (RFC 2033 section 4.2).",
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.requiresRecipients = false }
}
