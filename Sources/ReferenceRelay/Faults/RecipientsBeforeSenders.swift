// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes recipients in advance.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RecipientsBeforeSenders.self }

struct RecipientsBeforeSenders: RelayFault {
  static let summary = "RCPT is accepted before the first MAIL."
  static let breaks = ["5321-3.3-rcpt-before-mail"]

  private var sawMail = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.verb == "MAIL" { sawMail = true }
    return command.verb == "RCPT" && !sawMail
      ? .say(250, "2.1.5", "Noted for later") : .proceed
  }
}
