// SPDX-License-Identifier: Apache-2.0
//
// A relay for which VRFY inside a transaction is the end of it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { VRFYEndsTransaction.self }

struct VRFYEndsTransaction: RelayFault {
  static let summary = "DATA is refused where VRFY has come inside the transaction."
  static let breaks = ["5321-4.1.1.6-vrfy-no-buffer-effect"]

  private var isSpoilt = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    switch command.verb {
    case "VRFY": isSpoilt = context.sender != nil
    case "MAIL", "RSET": isSpoilt = false
    case "DATA" where isSpoilt: return .say(503, "5.5.1", "Bad sequence of commands")
    default: break
    }
    return .proceed
  }
}
