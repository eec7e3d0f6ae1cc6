// SPDX-License-Identifier: Apache-2.0
//
// A relay that waits for a handshake and goes on without one.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GoesOnInClearText.self }

struct GoesOnInClearText: RelayFault {
  static let summary = "Clear text behind the 220 to STARTTLS is executed as before."
  static let breaks = ["3207-4-after-failed-handshake"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "STARTTLS" && !context.isSecure
      ? .say(220, "2.0.0", "Start TLS") : .proceed
  }
}
