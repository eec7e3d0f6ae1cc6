// SPDX-License-Identifier: Apache-2.0
//
// A relay whose certificate was made as in the nineties.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  CertificateHasCommonNameOnly.self
}

struct CertificateHasCommonNameOnly: RelayFault {
  static let summary = "The certificate names the host in its common name only."
  static let breaks = ["9525-2-no-cn-id", "7817-5-dns-id", "8314-4.4-valid-cert"]

  func adjust(_ tls: inout RelayTLS) {
    tls.names = ["mail.another.test"]
    tls.commonName = "relay.relaymark.test"
  }
}
