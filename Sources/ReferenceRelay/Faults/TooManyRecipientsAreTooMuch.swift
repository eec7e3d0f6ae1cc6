// SPDX-License-Identifier: Apache-2.0
//
// A relay that follows RFC 821 here.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TooManyRecipientsAreTooMuch.self
}

struct TooManyRecipientsAreTooMuch: RelayFault {
  static let summary = "One recipient too many is refused with 552."
  static let breaks = ["5321-4.5.3.1.10-too-many-452"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt, replies.first?.code == 452 {
      replies[0] = RelayReply(552, "5.5.3", "Too many recipients")
    }
  }
}
