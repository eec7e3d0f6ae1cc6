// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers STARTTLS, and has no certificate.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersBrokenStarttls.self }

struct OffersBrokenStarttls: RelayFault {
  static let summary = "STARTTLS is offered and always answered with 454."
  static let breaks = ["8314-4-starttls-not-if-broken"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "STARTTLS" ? .say(454, "4.7.0", "TLS not available") : .proceed
  }
}
