// SPDX-License-Identifier: Apache-2.0
//
// A relay that trusts nobody the first time, not even its own.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreylistsUsers.self }

struct GreylistsUsers: RelayFault {
  static let summary = "The second recipient of a user who is logged in is greylisted."
  static let breaks = ["6647-5-greylist-not-auth"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT", context.identity != nil, context.recipients == 1 else {
      return .proceed
    }
    return .say(451, "4.7.1", "Greylisted, try again later")
  }
}
