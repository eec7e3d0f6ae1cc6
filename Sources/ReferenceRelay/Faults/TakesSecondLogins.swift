// SPDX-License-Identifier: Apache-2.0
//
// A relay where one can become somebody else.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesSecondLogins.self }

struct TakesSecondLogins: RelayFault {
  static let summary = "AUTH after a login begins another one."
  static let breaks = ["4954-4-second-auth-503"]

  func adjust(_ policy: inout RelayPolicy) { policy.repeatedAuthentication = true }
}
