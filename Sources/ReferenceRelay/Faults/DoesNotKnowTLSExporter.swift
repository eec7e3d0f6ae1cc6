// SPDX-License-Identifier: Apache-2.0
//
// A relay whose channel binding is that of TLS 1.2.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowTLSExporter.self }

struct DoesNotKnowTLSExporter: RelayFault {
  static let summary = "The channel binding tls-exporter is refused."
  static let breaks = ["9266-3-tls-exporter"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .scramSHA256Plus { step = .refused(.channelBinding) }
  }
}
