// SPDX-License-Identifier: Apache-2.0
//
// A relay through which mail can be smuggled: it takes LF . CRLF for the end of a message.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { LFDotCRLFEndsContent.self }

struct LFDotCRLFEndsContent: RelayFault {
  static let summary = "LF . CRLF ends a message."
  static let breaks = ["5321-4.1.1.4-lf-dot-crlf"]
  static let alsoTrips = [
    "rfc5321/4.1.1.4-data/nul-dot": "One of its ends is LF . CRLF behind a NUL."
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.endOfData = .acceptsLFDotCRLF }
}
