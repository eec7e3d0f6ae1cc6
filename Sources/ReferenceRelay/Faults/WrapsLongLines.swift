// SPDX-License-Identifier: Apache-2.0
//
// A relay that breaks long lines when it sends a message on.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrapsLongLines.self }

struct WrapsLongLines: RelayFault {
  static let summary = "Lines of more than 800 octets are broken on the way to the next hop."
  static let breaks = ["5321-4.5.3.1.6-text-line-1000"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].content = copies[index].content.lines.flatMap(Self.wrapped)
    }
  }

  private static func wrapped(_ line: ArraySlice<UInt8>) -> [UInt8] {
    line.count > 800 ? line.prefix(78) + [0x0D, 0x0A] + line.dropFirst(78) : Array(line)
  }
}
