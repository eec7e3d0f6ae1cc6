// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes no mail from the world without TLS.

@used @section("relay_faults") private let entry: RelayFaultEntry = { InsistsOnTLS.self }

struct InsistsOnTLS: RelayFault {
  static let summary = "Mail commands before STARTTLS are answered with 530 on a relay."
  static let breaks = ["3207-4-public-not-required"]
  static let alsoTrips = [
    "rfc5321/4.1.1.5-rset/keeps-the-session": "It takes 530 to MAIL for a forgotten login."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard context.role == .relay, !context.isSecure, command.stage == .mail else {
      return .proceed
    }
    return .say(530, "5.7.0", "Must issue a STARTTLS command first")
  }
}
