// SPDX-License-Identifier: Apache-2.0
//
// A relay through which mail can be smuggled: it takes CRLF . LF for the end of a message.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { CRLFDotLFEndsContent.self }

struct CRLFDotLFEndsContent: RelayFault {
  static let summary = "CRLF . LF ends a message."
  static let breaks = ["5321-4.1.1.4-crlf-dot-lf"]

  func adjust(_ policy: inout RelayPolicy) { policy.endOfData = .acceptsCRLFDotLF }
}
