// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets a second MAIL change the sender and keeps the recipients.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SecondMailKeepsRecipients.self
}

struct SecondMailKeepsRecipients: RelayFault {
  static let summary = "MAIL inside a transaction replaces the sender and nothing else."
  static let breaks = ["5321-4.1.1.2-mail-second-503"]

  func adjust(_ policy: inout RelayPolicy) { policy.nestedMail = .replaceSender }
}
