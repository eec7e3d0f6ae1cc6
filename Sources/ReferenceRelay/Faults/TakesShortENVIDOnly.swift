// SPDX-License-Identifier: Apache-2.0
//
// A relay that took the advice to senders for a limit.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesShortENVIDOnly.self }

struct TakesShortENVIDOnly: RelayFault {
  static let summary = "ENVID of more than 38 characters is answered with 501."
  static let breaks = ["3461-5.4-param-sizes"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", let mark = command.text.firstRange(of: "ENVID="),
      command.text[mark.upperBound...].utf8.count > 38
    else { return .proceed }
    return .say(501, "5.5.4", "ENVID is too long")
  }
}
