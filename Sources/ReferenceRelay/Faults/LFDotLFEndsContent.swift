// SPDX-License-Identifier: Apache-2.0
//
// A relay through which mail can be smuggled: it takes LF . LF for the end of a message.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { LFDotLFEndsContent.self }

struct LFDotLFEndsContent: RelayFault {
  static let summary = "LF . LF ends a message."
  static let breaks = ["5321-4.1.1.4-lf-dot-lf"]

  func adjust(_ policy: inout RelayPolicy) { policy.endOfData = .acceptsLFDotLF }
}
