// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets clients log in in the clear and remembers it inside TLS.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LoginsOutliveStarttls.self }

struct LoginsOutliveStarttls: RelayFault {
  static let summary = "A login before STARTTLS counts inside TLS."
  static let breaks = ["3207-4.2-no-auth-carry"]

  func adjust(_ policy: inout RelayPolicy) {
    policy.handshakeForgets.remove(.authentication)
    policy.clearTextAuthentication = .withoutSecrets
  }
}
