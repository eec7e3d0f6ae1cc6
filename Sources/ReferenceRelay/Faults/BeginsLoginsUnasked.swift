// SPDX-License-Identifier: Apache-2.0
//
// A relay that hides AUTH in its list and nowhere else.

@used @section("relay_faults") private let entry: RelayFaultEntry = { BeginsLoginsUnasked.self }

struct BeginsLoginsUnasked: RelayFault {
  static let summary = "Inside TLS AUTH is not offered by a relay, and begins an exchange."
  static let breaks = ["4954-4-auth-unadvertised"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "AUTH", context.role == .relay, context.isSecure else { return .proceed }
    return .say(334, "")
  }
}
