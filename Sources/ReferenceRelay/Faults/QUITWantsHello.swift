// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets nobody go who has not said hello.

@used @section("relay_faults") private let entry: RelayFaultEntry = { QUITWantsHello.self }

struct QUITWantsHello: RelayFault {
  static let summary = "QUIT before EHLO is refused with 503."
  static let breaks = ["5321-4.1.1.10-quit-anytime"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "QUIT" && context.clientName == nil
      ? .say(503, "5.5.1", "Say EHLO first") : .proceed
  }
}
