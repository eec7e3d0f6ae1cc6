// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers VRFY with the way it would take.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ShowsSourceRoutes.self }

struct ShowsSourceRoutes: RelayFault {
  static let summary = "VRFY shows a source route."
  static let breaks = ["5321-3.5.2-vrfy-no-source-route"]
  static let alsoTrips = ["VRFY": "What is confirmed is judged by the mailbox that is named."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("@")
      ? .say(250, "2.1.5", "<@relay.relaymark.test:user1@relaymark.test>") : .proceed
  }
}
