// SPDX-License-Identifier: Apache-2.0
//
// A relay through which mail can be smuggled: it takes CR . CRLF for the end of a message.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { CRDotCRLFEndsContent.self }

struct CRDotCRLFEndsContent: RelayFault {
  static let summary = "CR . CRLF ends a message."
  static let breaks = ["5321-4.1.1.4-cr-dot-cr"]

  func adjust(_ policy: inout RelayPolicy) { policy.endOfData = .acceptsCRDotCRLF }
}
