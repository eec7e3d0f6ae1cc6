// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes RSET before any message for the end of the acquaintance.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RSETForgetsSession.self }

struct RSETForgetsSession: RelayFault {
  static let summary = "MAIL behind RSET wants a new EHLO."
  static let breaks = ["5321-4.1.1.5-rset-keeps-session"]
  static let alsoTrips = ["RSET": "The MAIL that follows is refused."]

  private var isStranger = false
  private var sawMail = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    switch command.verb {
    case "RSET": isStranger = !sawMail
    case "EHLO", "HELO", "LHLO": isStranger = false
    case "MAIL" where isStranger: return .say(503, "5.5.1", "Say EHLO first")
    case "MAIL": sawMail = true
    default: break
    }
    return .proceed
  }
}
