// SPDX-License-Identifier: Apache-2.0
//
// A relay that passes over what it does not understand.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  IgnoresUnknownParameters.self
}

struct IgnoresUnknownParameters: RelayFault {
  static let summary = "Unknown parameters of MAIL and RCPT are accepted."
  static let breaks = [
    "5321-4.1.1.11-mail-unknown-param-555",
    "5321-4.1.1.11-rcpt-unknown-param-555",
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.ignoresUnknownParameters = true }
}
