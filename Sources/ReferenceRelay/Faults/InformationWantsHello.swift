// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells nothing before it knows to whom it talks.

@used @section("relay_faults") private let entry: RelayFaultEntry = { InformationWantsHello.self }

struct InformationWantsHello: RelayFault {
  static let summary = "VRFY before EHLO is refused with 503."
  static let breaks = ["5321-4.1.4-nonmail-before-ehlo"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && context.clientName == nil
      ? .say(503, "5.5.1", "Say EHLO first") : .proceed
  }
}
