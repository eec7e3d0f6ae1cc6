// SPDX-License-Identifier: Apache-2.0
//
// A relay that expects an empty line between BDAT and its content.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SkipsEmptyLinesBeforeChunks.self
}

struct SkipsEmptyLinesBeforeChunks: RelayFault {
  static let summary = "An empty line at the front of a chunk is not counted."
  static let breaks = ["3030-2-bdat-header-immediately"]

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard octets.starts(with: "BDAT".utf8),
      let line = octets.firstRange(of: Array("\r\n\r\n".utf8)),
      octets.firstIndex(of: UInt8(ascii: "\r")) == line.lowerBound
    else { return }
    octets.removeSubrange(line.lowerBound..<line.lowerBound + 2)
  }
}
