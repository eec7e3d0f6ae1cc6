// SPDX-License-Identifier: Apache-2.0
//
// A relay whose line reader takes a line feed for the end of a command, as most once did.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { BareLFEndsCommands.self }

struct BareLFEndsCommands: RelayFault {
  static let summary = "A line feed alone ends a command."
  static let breaks = ["5321-2.3.8-bare-lf-command"]

  func adjust(_ policy: inout RelayPolicy) { policy.lineEnds = .bareLF }
}
