// SPDX-License-Identifier: Apache-2.0
//
// A relay that passes over what is no TLS and waits for what is.

import TLSEngine

@used @section("relay_faults") private let entry: RelayFaultEntry = { WaitsOnForTLS.self }

struct WaitsOnForTLS: RelayFault {
  static let summary = "Clear text behind the 220 to STARTTLS is met with silence."
  static let breaks = ["3207-4-after-failed-handshake"]

  func adjust(_ tls: inout RelayTLS) { tls.forgery = .silenceToClearText }
}
