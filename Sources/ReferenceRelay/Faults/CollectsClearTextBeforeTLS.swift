// SPDX-License-Identifier: Apache-2.0
//
// A relay that is slow to start TLS and keeps what comes meanwhile.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  CollectsClearTextBeforeTLS.self
}

struct CollectsClearTextBeforeTLS: RelayFault {
  static let summary = "Commands that come before the 220 to STARTTLS are executed inside TLS."
  static let breaks = ["3207-6-buffer-discard"]

  func adjust(_ policy: inout RelayPolicy) {
    policy.inputBehindStartTLS = .execute
    policy.pauseBeforeTLS = .milliseconds(20)
  }
}
