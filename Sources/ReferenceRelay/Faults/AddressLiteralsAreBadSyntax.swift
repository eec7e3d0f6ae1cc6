// SPDX-License-Identifier: Apache-2.0
//
// A relay that expects a name behind every @.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  AddressLiteralsAreBadSyntax.self
}

struct AddressLiteralsAreBadSyntax: RelayFault {
  static let summary = "An address literal in a recipient is a syntax error."
  static let breaks = ["5321-4.1.3-rcpt-literal"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RCPT" && command.contains("@[")
      ? .say(501, "5.1.3", "Bad recipient address syntax") : .proceed
  }
}
