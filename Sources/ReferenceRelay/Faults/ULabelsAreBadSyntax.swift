// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers SMTPUTF8 and knows domains in ASCII only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ULabelsAreBadSyntax.self }

struct ULabelsAreBadSyntax: RelayFault {
  static let summary = "A domain with octets above 127 is answered with 501."
  static let breaks = ["6531-3.2-utf8-domain"]
  static let alsoTrips = [
    "rfc6533/3-orcpt/utf8-and-escapes": "An address in UTF-8 is refused in a parameter too."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("RCPT TO:"),
      command.line.drop(while: { $0 != UInt8(ascii: "@") }).contains(where: { $0 >= 128 })
    else { return .proceed }
    return .say(501, "5.1.2", "Syntax error in the domain")
  }
}
