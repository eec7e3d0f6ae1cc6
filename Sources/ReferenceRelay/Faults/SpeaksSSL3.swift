// SPDX-License-Identifier: Apache-2.0
//
// A relay that nobody has touched since 1996.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { SpeaksSSL3.self }

struct SpeaksSSL3: RelayFault {
  static let summary = "SSL 3.0 is agreed to."
  static let breaks = ["9325-3.1.1-no-ssl"]

  func adjust(_ tls: inout RelayTLS) { tls.forgery = .ssl3 }
}
