// SPDX-License-Identifier: Apache-2.0
//
// A relay that gives messages without a sender one.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReplacesNullSender.self }

struct ReplacesNullSender: RelayFault {
  static let summary = "The null reverse-path is replaced on the way to the next hop."
  static let breaks = ["5321-4.5.5-null-sender-kept"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      if copies[index].sender.isEmpty { copies[index].sender = "postmaster@relaymark.test" }
    }
  }
}
