// SPDX-License-Identifier: Apache-2.0
//
// A relay that was set to ask every client for its certificate.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { AsksForCertificates.self }

struct AsksForCertificates: RelayFault {
  static let summary = "Clients are asked for a certificate, of which nobody makes use."
  static let breaks = ["8314-4.2-no-client-cert-request"]

  func adjust(_ tls: inout RelayTLS) {
    tls.clientCertificates = .request(.unverified)
  }
}
