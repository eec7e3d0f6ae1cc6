// SPDX-License-Identifier: Apache-2.0
//
// A relay that says goodbye and leaves the line open.

@used @section("relay_faults") private let entry: RelayFaultEntry = { StaysAfterQuit.self }

struct StaysAfterQuit: RelayFault {
  static let summary = "The connection stays open after QUIT."
  static let breaks = ["5321-3.8-quit-221-close"]
  static let alsoTrips = ["QUIT": "The connection has to end behind QUIT."]

  func adjust(_ policy: inout RelayPolicy) { policy.closesAfterQuit = false }
}
