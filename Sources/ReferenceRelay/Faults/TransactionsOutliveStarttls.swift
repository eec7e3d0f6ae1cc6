// SPDX-License-Identifier: Apache-2.0
//
// A relay that goes on inside TLS with the sender from outside.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TransactionsOutliveStarttls.self
}

struct TransactionsOutliveStarttls: RelayFault {
  static let summary = "MAIL before STARTTLS counts inside TLS."
  static let breaks = ["3207-4.2-transaction-dropped"]

  func adjust(_ policy: inout RelayPolicy) { policy.handshakeForgets.subtract(.transaction) }
}
