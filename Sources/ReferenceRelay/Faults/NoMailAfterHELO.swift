// SPDX-License-Identifier: Apache-2.0
//
// A relay that serves only clients that speak ESMTP.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NoMailAfterHELO.self }

struct NoMailAfterHELO: RelayFault {
  static let summary = "MAIL behind HELO is refused with 503."
  static let breaks = ["5321-3.2-helo-then-mail"]

  private var saidHELO = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    switch command.verb {
    case "HELO": saidHELO = true
    case "EHLO": saidHELO = false
    case "MAIL" where saidHELO: return .say(503, "5.5.1", "Say EHLO first")
    default: break
    }
    return .proceed
  }
}
