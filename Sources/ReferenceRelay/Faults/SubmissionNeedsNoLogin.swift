// SPDX-License-Identifier: Apache-2.0
//
// A submission server that trusts everybody.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SubmissionNeedsNoLogin.self }

struct SubmissionNeedsNoLogin: RelayFault {
  static let summary = "Mail is taken for submission without a login."
  static let breaks = ["6409-4.3-auth-required"]

  func adjust(_ policy: inout RelayPolicy) { policy.requiresAuthentication = false }
}
