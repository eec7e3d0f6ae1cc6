// SPDX-License-Identifier: Apache-2.0
//
// A relay whose submission port is as open as the nineties.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SubmissionRelaysForStrangers.self
}

struct SubmissionRelaysForStrangers: RelayFault {
  static let summary = "Mail to anybody is taken for submission without a login."
  static let breaks = [
    "5068-3.2-no-unauth-relay", "5068-3.1-auth-even-local", "6409-4.3-auth-required",
    "5321-3.6.2-relay-denied-550",
  ]

  func adjust(_ policy: inout RelayPolicy) {
    guard policy.requiresAuthentication else { return }
    policy.requiresAuthentication = false
    policy.relaysForEverybody = true
  }
}
