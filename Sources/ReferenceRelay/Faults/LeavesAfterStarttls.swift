// SPDX-License-Identifier: Apache-2.0
//
// A relay whose TLS library gives up at once.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeavesAfterStarttls.self }

struct LeavesAfterStarttls: RelayFault {
  static let summary = "The connection ends behind the 220 to STARTTLS."
  static let breaks = ["3207-4-tls-works"]
  static let alsoTrips = ["STARTTLS": "There is no TLS in which to go on."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.text == "STARTTLS", !context.isSecure else { return .proceed }
    return .answerAndClose([RelayReply(220, "2.0.0", "Start TLS")], .orderly)
  }
}
