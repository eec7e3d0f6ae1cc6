// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets clients log in before TLS.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TakesPasswordsInClearText.self
}

struct TakesPasswordsInClearText: RelayFault {
  static let summary = "Every mechanism is offered and taken in clear text."
  static let breaks = ["4954-4-plaintext-needs-tls", "4954-6-538-not-used", "7628-3-oauth-tls"]

  func adjust(_ policy: inout RelayPolicy) { policy.clearTextAuthentication = .all }
}
