// SPDX-License-Identifier: Apache-2.0
//
// A relay that shows the certificate of the machine beside it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CertificateNamesAnother.self }

struct CertificateNamesAnother: RelayFault {
  static let summary = "The certificate names another host."
  static let breaks = ["8314-4.4-valid-cert", "7817-5-dns-id"]

  func adjust(_ tls: inout RelayTLS) {
    tls.names = ["mail.another.test"]
  }
}
