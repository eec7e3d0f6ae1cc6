// SPDX-License-Identifier: Apache-2.0
//
// A relay for which EXPN inside a transaction is the end of it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { EXPNEndsTransaction.self }

struct EXPNEndsTransaction: RelayFault {
  static let summary = "DATA is refused where EXPN has come inside the transaction."
  static let breaks = ["5321-4.1.1.7-expn-no-buffer-effect"]

  private var isSpoilt = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    switch command.verb {
    case "EXPN": isSpoilt = context.sender != nil
    case "MAIL", "RSET": isSpoilt = false
    case "DATA" where isSpoilt: return .say(503, "5.5.1", "Bad sequence of commands")
    default: break
    }
    return .proceed
  }
}
