// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts an enhanced code on every reply without exception.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CodeOnHELO.self }

struct CodeOnHELO: RelayFault {
  static let summary = "The reply to HELO has an enhanced code."
  static let breaks = ["2034-3-codes-not-on-greeting"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .helo, replies.first?.code == 250 { replies[0].enhanced = "2.0.0" }
  }
}
