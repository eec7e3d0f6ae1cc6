// SPDX-License-Identifier: Apache-2.0
//
// A relay that sends some messages on two times.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DeliversTwice.self }

struct DeliversTwice: RelayFault {
  static let summary = "Every third message of a connection is sent on twice."
  static let breaks = ["5321-4.2.5-2yz-responsibility"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    if context.messages % 3 == 0 { copies += copies }
  }
}
