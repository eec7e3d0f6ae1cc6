// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes a group of MAIL and RCPT for the front of a message.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ExpectsDataBehindGroups.self }

struct ExpectsDataBehindGroups: RelayFault {
  static let summary = "Behind a group that ends in RCPT only RCPT, DATA and BDAT are taken."
  static let breaks = ["2920-3.2-no-assumption"]

  private var isWaiting = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    let lines = octets.split(separator: UInt8(ascii: "\n"))
    guard let last = lines.last, lines.count > 1, octets.last == UInt8(ascii: "\n") else { return }
    isWaiting = last.starts(with: "RCPT".utf8)
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard isWaiting, !["MAIL", "RCPT"].contains(command.verb) else { return .proceed }
    isWaiting = false
    guard command.stage != .data, command.stage != .bdat else { return .proceed }
    return .say(503, "5.5.1", "DATA comes next")
  }
}
