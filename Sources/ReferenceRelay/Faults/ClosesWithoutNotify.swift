// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes the end of the connection for the end of TLS.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ClosesWithoutNotify.self }

struct ClosesWithoutNotify: RelayFault {
  static let summary = "QUIT inside TLS ends the connection without close_notify."
  static let breaks = ["8314-3.4-close-notify"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "QUIT", context.isSecure else { return .proceed }
    return .answerAndClose([RelayReply(221, "2.0.0", "Bye")], .withoutCloseNotify)
  }
}
