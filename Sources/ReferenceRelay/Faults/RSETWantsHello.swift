// SPDX-License-Identifier: Apache-2.0
//
// A relay that resets nothing before it knows to whom it talks.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RSETWantsHello.self }

struct RSETWantsHello: RelayFault {
  static let summary = "RSET before EHLO is refused with 503."
  static let breaks = ["5321-4.1.1.5-rset-anytime"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RSET" && context.clientName == nil
      ? .say(503, "5.5.1", "Say EHLO first") : .proceed
  }
}
