// SPDX-License-Identifier: Apache-2.0
//
// A relay that clears the eighth bit of content that it sends on.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ClearsEighthBits.self }

struct ClearsEighthBits: RelayFault {
  static let summary = "The eighth bit of every octet is cleared on the way to the next hop."
  static let breaks = ["6152-3-bits-preserved"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].content = copies[index].content.map { $0 & 0x7F }
    }
  }
}
