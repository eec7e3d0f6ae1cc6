// SPDX-License-Identifier: Apache-2.0
//
// A relay that tidies up what stood in the trace before.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AltersEarlierReceived.self }

struct AltersEarlierReceived: RelayFault {
  static let summary = "Received fields that a message brought with it are folded anew."
  static let breaks = ["5321-4.4-received-order-kept"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].content = copies[index].content.lines.flatMap { line in
        line.starts(with: "Received:".utf8)
          ? Array("Received:\r\n ".utf8) + line.dropFirst(9) : Array(line)
      }
    }
  }
}
