// SPDX-License-Identifier: Apache-2.0
//
// A relay through which mail can be smuggled: it takes CRLF . CR CRLF for the end of a message.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { ExtraCREndsContent.self }

struct ExtraCREndsContent: RelayFault {
  static let summary = "CRLF . CR CRLF ends a message."
  static let breaks = ["5321-4.1.1.4-crcrlf-dot"]

  func adjust(_ policy: inout RelayPolicy) { policy.endOfData = .acceptsCRCRLF }
}
