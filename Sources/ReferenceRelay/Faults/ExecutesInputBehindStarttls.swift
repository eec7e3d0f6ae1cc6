// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads on inside TLS what was left of the clear text.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  ExecutesInputBehindStarttls.self
}

struct ExecutesInputBehindStarttls: RelayFault {
  static let summary = "Commands behind STARTTLS in one piece are executed inside TLS."
  static let breaks = ["3207-6-buffer-discard"]
  static let alsoTrips = [
    "rfc3207/6-security/late-clear-text-is-not-executed":
      "What follows at once may come in one piece with STARTTLS."
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.inputBehindStartTLS = .execute }
}
