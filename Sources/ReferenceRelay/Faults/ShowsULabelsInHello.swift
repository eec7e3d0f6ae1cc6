// SPDX-License-Identifier: Apache-2.0
//
// A relay that is proud of its name in its own script.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ShowsULabelsInHello.self }

struct ShowsULabelsInHello: RelayFault {
  static let summary = "The EHLO reply shows a domain as U-label."
  static let breaks = ["6531-3.7.1-ehlo-ascii", "5321-4.2-reply-text-ascii"]
  static let alsoTrips = [
    "rfc5321/4.2-replies/text-is-ascii":
      "It says hello as one of the commands whose replies it reads."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .ehlo, replies.first?.code == 250 else { return }
    replies[0].text += ", also known as bücher.example"
  }
}
