// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts a line end together wrongly where a segment ends between CR and LF.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  DoublesCRBetweenSegments.self
}

struct DoublesCRBetweenSegments: RelayFault {
  static let summary = "A CRLF that comes in two segments becomes CR CR LF."
  static let breaks = ["5321-2.4-split-command"]
  static let alsoTrips = [
    "rfc2920/3.2-groups/answers-in-order": "It cuts a group between CR and LF too."
  ]

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if octets.first == 0x0A { octets.insert(0x0D, at: 0) }
  }
}
