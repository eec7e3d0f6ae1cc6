// SPDX-License-Identifier: Apache-2.0
//
// A relay that still knows how to write to a terminal and does not say so.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SendsToTerminals.self }

struct SendsToTerminals: RelayFault {
  static let summary = "SAML works although the EHLO reply does not list it."
  static let breaks = ["5321-f.6-send-soml-saml"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "SAML" ? .say(250, "2.1.0", "Sender OK") : .proceed
  }
}
