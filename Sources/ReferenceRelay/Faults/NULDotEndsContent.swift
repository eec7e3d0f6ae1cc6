// SPDX-License-Identifier: Apache-2.0
//
// A relay through which mail can be smuggled: it drops NULs before it looks for the dot.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { NULDotEndsContent.self }

struct NULDotEndsContent: RelayFault {
  static let summary = "CRLF NUL . CRLF ends a message."
  static let breaks = ["5321-4.1.1.4-nul-dot"]

  func adjust(_ policy: inout RelayPolicy) { policy.endOfData = .acceptsNULDot }
}
