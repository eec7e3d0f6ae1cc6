// SPDX-License-Identifier: Apache-2.0
//
// A relay that can be greeted only once.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelloOnlyOnce.self }

struct HelloOnlyOnce: RelayFault {
  static let summary = "HELO behind EHLO is refused with 503."
  static let breaks = ["5321-4.1.1.1-helo-after-ehlo"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "HELO" && context.clientName != nil
      ? .say(503, "5.5.1", "You have said hello") : .proceed
  }
}
