// SPDX-License-Identifier: Apache-2.0
//
// A relay that has one enhanced code for everything about logins.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  VagueEnhancedCodesToLogins.self
}

struct VagueEnhancedCodesToLogins: RelayFault {
  static let summary = "Logins are answered with 2.0.0 and 5.7.0."
  static let breaks = ["4954-6-enhanced-codes"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .auth else { return }
    if replies.first?.code == 235 { replies[0].enhanced = "2.0.0" }
    if replies.first?.code == 535 { replies[0].enhanced = "5.7.0" }
  }
}
