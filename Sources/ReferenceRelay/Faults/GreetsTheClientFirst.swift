// SPDX-License-Identifier: Apache-2.0
//
// A relay whose EHLO reply is a sentence.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreetsTheClientFirst.self }

struct GreetsTheClientFirst: RelayFault {
  static let summary = "The EHLO reply begins with a salutation in place of the domain."
  static let breaks = ["5321-4.1.1.1-ehlo-greets-domain"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .ehlo, replies.first?.code == 250 else { return }
    replies[0].text = "Hello! You are \(context.clientName ?? "you")!"
  }
}
