// SPDX-License-Identifier: Apache-2.0
//
// A relay that empties its buffer when a login begins.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  DropsCommandsBehindLogin.self
}

struct DropsCommandsBehindLogin: RelayFault {
  static let summary = "Commands that come in one piece with AUTH are lost."
  static let breaks = ["4954-4-auth-pipelined"]

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard octets.starts(with: Array("AUTH ".utf8)), let end = octets.firstIndex(of: 0x0A) else {
      return
    }
    octets.removeSubrange((end + 1)...)
  }
}
