// SPDX-License-Identifier: Apache-2.0
//
// A relay that accepts some messages and forgets them.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LosesMessages.self }

struct LosesMessages: RelayFault {
  static let summary = "Every third message of a connection is accepted and forgotten."
  static let breaks = ["5321-4.2.5-2yz-responsibility"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    if context.messages % 3 == 0 { copies = [] }
  }
}
