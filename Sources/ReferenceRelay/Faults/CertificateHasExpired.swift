// SPDX-License-Identifier: Apache-2.0
//
// A relay whose certificate nobody renewed.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CertificateHasExpired.self }

struct CertificateHasExpired: RelayFault {
  static let summary = "The certificate has expired yesterday."
  static let breaks = ["8314-4.4-valid-cert"]

  func adjust(_ tls: inout RelayTLS) {
    tls.days = -1
  }
}
