// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks for the first > and not for that which ends the path.

@used @section("relay_faults") private let entry: RelayFaultEntry = { StopsAtQuotedBracket.self }

struct StopsAtQuotedBracket: RelayFault {
  static let summary = "A quoted > in a local part ends the path."
  static let breaks = ["5321-4.1.2-quoted-gt"]
  static let alsoTrips = ["rfc5321/4.1.2-paths/quoted-pair": "Its quoted string has a bracket."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard let bracket = command.line.firstIndex(of: UInt8(ascii: ">")) else { return .proceed }
    let quotes = command.line[..<bracket].count { $0 == UInt8(ascii: "\"") }
    return quotes % 2 == 1 ? .say(501, "5.5.4", "Text behind the path") : .proceed
  }
}
