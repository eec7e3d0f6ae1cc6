// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads the dot of an empty message as a command as well.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LoneDotCountsTwice.self }

struct LoneDotCountsTwice: RelayFault {
  static let summary = "A lone dot behind DATA gets two replies."
  static let breaks = ["5321-4.1.1.4-empty-data"]

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if context.recipients > 0, octets.elementsEqual(".\r\n".utf8) { octets += octets }
  }
}
