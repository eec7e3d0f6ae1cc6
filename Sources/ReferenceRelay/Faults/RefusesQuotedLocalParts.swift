// SPDX-License-Identifier: Apache-2.0
//
// A relay whose address parser knows no quotes around a space.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesQuotedLocalParts.self }

struct RefusesQuotedLocalParts: RelayFault {
  static let summary = "A quoted local part with a space is a syntax error."
  static let breaks = ["5321-4.1.2-quoted-localpart"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.contains("<\"john doe\"@")
      ? .say(501, "5.1.7", "Bad sender address syntax") : .proceed
  }
}
