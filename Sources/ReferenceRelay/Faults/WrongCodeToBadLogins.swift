// SPDX-License-Identifier: Apache-2.0
//
// A relay that says to a bad login what it says to bad addresses.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToBadLogins.self }

struct WrongCodeToBadLogins: RelayFault {
  static let summary = "A wrong password is answered with 550."
  static let breaks = ["4954-6-bad-password-535"]
  static let alsoTrips = ["AUTH": "Logins that have to fail are judged by 535."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth { replies.recode(535, to: 550) }
  }
}
