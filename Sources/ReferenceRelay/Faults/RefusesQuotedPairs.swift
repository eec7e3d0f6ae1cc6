// SPDX-License-Identifier: Apache-2.0
//
// A relay whose address parser knows no backslash.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesQuotedPairs.self }

struct RefusesQuotedPairs: RelayFault {
  static let summary = "A backslash in a quoted local part is a syntax error."
  static let breaks = ["5321-4.1.2-quoted-pair"]
  static let alsoTrips = [
    "rfc6533/3-orcpt/utf8-and-escapes": "A backslash in a parameter is refused too."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<") && command.contains("\\")
      ? .say(501, "5.1.3", "Bad recipient address syntax") : .proceed
  }
}
