// SPDX-License-Identifier: Apache-2.0
//
// A relay that cuts white space at the ends of lines off when it sends a message on.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TrimsLines.self }

struct TrimsLines: RelayFault {
  static let summary =
    "Tabs and rows of spaces at the ends of lines are cut off on the way to the next hop."
  static let breaks = ["5321-4.5.2-content-octets-kept"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].content = copies[index].content.lines.flatMap(Self.trimmed)
    }
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var text = line.dropLast(2)
    guard text.last == UInt8(ascii: "\t") || text.suffix(2).elementsEqual([0x20, 0x20]) else {
      return Array(line)
    }
    while text.last == UInt8(ascii: " ") || text.last == UInt8(ascii: "\t") { text.removeLast() }
    return text + [0x0D, 0x0A]
  }
}
