// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants a client to wait for the end of its login.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesCommandsBehindLogin.self
}

struct RefusesCommandsBehindLogin: RelayFault {
  static let summary = "Commands that come in one piece with AUTH are refused."
  static let breaks = ["4954-4-auth-pipelined"]

  private var refusals = 0

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard octets.starts(with: Array("AUTH ".utf8)) else { return }
    refusals = octets.count(where: { $0 == 0x0A }) - 1
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard refusals > 0, command.verb != "AUTH" else { return .proceed }
    refusals -= 1
    return .say(503, "5.5.1", "Wait for the end of the login")
  }
}
