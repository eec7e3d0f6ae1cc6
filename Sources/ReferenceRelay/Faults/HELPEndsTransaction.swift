// SPDX-License-Identifier: Apache-2.0
//
// A relay for which HELP inside a transaction is the end of it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HELPEndsTransaction.self }

struct HELPEndsTransaction: RelayFault {
  static let summary = "DATA is refused where HELP has come inside the transaction."
  static let breaks = ["5321-4.1.1.8-help-no-buffer-effect"]

  private var isSpoilt = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    switch command.verb {
    case "HELP": isSpoilt = context.sender != nil
    case "MAIL", "RSET": isSpoilt = false
    case "DATA" where isSpoilt: return .say(503, "5.5.1", "Bad sequence of commands")
    default: break
    }
    return .proceed
  }
}
