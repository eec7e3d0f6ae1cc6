// SPDX-License-Identifier: Apache-2.0
//
// A relay that asks nobody who wrote the message or for whom it is.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TakesMessagesWithoutSender.self
}

struct TakesMessagesWithoutSender: RelayFault {
  static let summary = "DATA works without MAIL."
  static let breaks = ["5321-4.1.4-data-before-mail"]
  static let alsoTrips = ["rfc5321/4.3.2-codes/data": "It sends DATA outside of a transaction."]

  /// Content is on its way that the machine knows nothing of.
  private var isTaking = false
  private var sawMail = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if isTaking {
      guard command.text == "." else { return .answer([]) }
      isTaking = false
      return .say(250, "2.0.0", "Taken, whosesoever it is")
    }
    if command.verb == "MAIL" { sawMail = true }
    guard command.verb == "DATA", !sawMail else { return .proceed }
    isTaking = true
    return .say(354, "Go on")
  }
}
