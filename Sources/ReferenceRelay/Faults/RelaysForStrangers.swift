// SPDX-License-Identifier: Apache-2.0
//
// An open relay.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RelaysForStrangers.self }

struct RelaysForStrangers: RelayFault {
  static let summary = "Foreign recipients are accepted from anybody."
  static let breaks = ["5321-3.6.2-relay-denied-550"]

  func adjust(_ policy: inout RelayPolicy) { policy.relaysForEverybody = true }
}
