// SPDX-License-Identifier: Apache-2.0
//
// A relay that needs a RSET after each message.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NextMessageWantsRSET.self }

struct NextMessageWantsRSET: RelayFault {
  static let summary = "MAIL behind a message is refused with 503 until RSET has come."
  static let breaks = ["5321-4.1.1.4-next-mail-without-rset", "5321-4.1.4-multiple-transactions"]
  static let alsoTrips = ["DATA": "A second MAIL on the connection is refused."]

  private var messagesAtReset = 0

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.verb == "RSET" { messagesAtReset = context.messages }
    return command.verb == "MAIL" && context.messages > messagesAtReset
      ? .say(503, "5.5.1", "RSET first") : .proceed
  }
}
