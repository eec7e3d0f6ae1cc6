// SPDX-License-Identifier: Apache-2.0
//
// A relay whose certificate came from an authority of its own mind.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  CertificateHasPartialWildcard.self
}

struct CertificateHasPartialWildcard: RelayFault {
  static let summary = "The certificate has a name whose wildcard is but a part of a label."
  static let breaks = ["7817-3-wildcard-leftmost"]

  func adjust(_ tls: inout RelayTLS) {
    tls.names = ["relay.relaymark.test", "rel*.relaymark.test", "localhost", "127.0.0.1"]
  }
}
