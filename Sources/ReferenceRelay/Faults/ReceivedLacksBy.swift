// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace does not say who took a message.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReceivedLacksBy.self }

struct ReceivedLacksBy: RelayFault {
  static let summary = "The Received field has no BY clause."
  static let breaks = ["5321-4.4-received-by-clause"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace { $0.replacing(#/by [^ ]+ \(Relaymark\) /#, with: "") }
    }
  }
}
