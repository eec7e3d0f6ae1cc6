// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes the dots of a message for those of the transfer.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LosesLeadingDots.self }

struct LosesLeadingDots: RelayFault {
  static let summary = "A dot at the beginning of a line is lost on the way to the next hop."
  static let breaks = ["5321-4.5.2-dot-unstuff", "6152-3-8bit-transparency"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].content = copies[index].content.lines.flatMap { line in
        line.first == UInt8(ascii: ".") ? line.dropFirst() : line
      }
    }
  }
}
