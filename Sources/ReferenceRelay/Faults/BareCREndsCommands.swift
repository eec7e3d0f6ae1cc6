// SPDX-License-Identifier: Apache-2.0
//
// A relay whose line reader takes a carriage return for the end of a command.

import SMTPWire

@used @section("relay_faults") private let entry: RelayFaultEntry = { BareCREndsCommands.self }

struct BareCREndsCommands: RelayFault {
  static let summary = "A carriage return alone ends a command."
  static let breaks = ["5321-2.3.8-bare-cr-command"]

  func adjust(_ policy: inout RelayPolicy) { policy.lineEnds = .bareCR }
}
