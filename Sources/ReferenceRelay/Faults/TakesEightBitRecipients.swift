// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes SMTPUTF8 for granted.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEightBitRecipients.self }

struct TakesEightBitRecipients: RelayFault {
  static let summary = "RCPT takes octets above 127 where MAIL did not say SMTPUTF8."
  static let breaks = ["6531-3.5-utf8-without-param", "6531-3.5-rcpt-553"]

  private var isInternationalized = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.verb == "MAIL" { isInternationalized = command.contains("SMTPUTF8") }
    guard command.verb == "RCPT", !isInternationalized, command.line.contains(where: { $0 > 127 })
    else { return .proceed }
    return .say(250, "2.1.5", "Recipient OK")
  }
}
