// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes a NUL for the end of a command, as C does for that of a string.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NULEndsCommands.self }

struct NULEndsCommands: RelayFault {
  static let summary = "A NUL ends a command, and what follows is another one."
  static let breaks = ["5321-2.3.8-nul-in-command"]

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard octets.starts(with: "NOOP".utf8), let place = octets.firstIndex(of: 0) else { return }
    octets.replaceSubrange(place...place, with: [0x0D, 0x0A])
  }
}
