// SPDX-License-Identifier: Apache-2.0
//
// A relay whose list of extensions never changes.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersStarttlsTwice.self }

struct OffersStarttlsTwice: RelayFault {
  static let summary = "STARTTLS stays on the list inside TLS."
  static let breaks = ["3207-4.2-no-starttls-after-tls"]

  func adjust(_ policy: inout RelayPolicy) { policy.listsStartTLSInsideTLS = true }
}
