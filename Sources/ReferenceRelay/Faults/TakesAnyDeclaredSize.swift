// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads the declared size and never holds it against its limit.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyDeclaredSize.self }

struct TakesAnyDeclaredSize: RelayFault {
  static let summary = "A declared size above the limit is accepted."
  static let breaks = ["1870-6.1-declared-too-big-552"]

  func adjust(_ policy: inout RelayPolicy) { policy.refusesDeclaredSize = false }
}
