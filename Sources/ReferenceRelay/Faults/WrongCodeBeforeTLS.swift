// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells clients before TLS that their order is wrong.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeBeforeTLS.self }

struct WrongCodeBeforeTLS: RelayFault {
  static let summary = "MAIL before TLS is answered with 503."
  static let breaks = ["3207-4-530-until-tls"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .mail, !context.isSecure { replies.recode(530, to: 503) }
  }
}
