// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not know that a path could begin with a route.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SourceRoutesAreBadSyntax.self
}

struct SourceRoutesAreBadSyntax: RelayFault {
  static let summary = "A source route before a recipient is answered with 501."
  static let breaks = ["5321-3.6.1-source-route-recognised"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<@") ? .say(501, "5.1.3", "Bad recipient address syntax") : .proceed
  }
}
