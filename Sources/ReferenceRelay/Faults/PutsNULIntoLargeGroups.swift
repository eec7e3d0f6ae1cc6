// SPDX-License-Identifier: Apache-2.0
//
// A relay that marks the end of what it has looked at in the midst of its input.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PutsNULIntoLargeGroups.self }

struct PutsNULIntoLargeGroups: RelayFault {
  static let summary = "Commands in a write of more than 1024 octets are corrupted by a NUL."
  static let breaks = ["2920-3.2-no-input-loss", "5321-4.2-one-reply"]

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    let opening = String(decoding: octets.prefix(4), as: UTF8.self)
    if octets.count > 1024, opening == "MAIL" || opening == "RCPT" { octets[1024] = 0 }
  }
}
