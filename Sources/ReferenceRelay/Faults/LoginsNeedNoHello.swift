// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets users in before they have said who they are.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LoginsNeedNoHello.self }

struct LoginsNeedNoHello: RelayFault {
  static let summary = "AUTH works before EHLO."
  static let breaks = ["4954-4-before-ehlo"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "AUTH", context.clientName == nil else { return .proceed }
    return .say(334, "")
  }
}
