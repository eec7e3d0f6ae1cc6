// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows a short command when it sees one and does not wait for the CRLF.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ActsBeforeLineEnd.self }

struct ActsBeforeLineEnd: RelayFault {
  static let summary = "NOOP is answered before its CRLF has come."
  static let breaks = ["5321-2.4-no-action-before-crlf"]

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if octets.elementsEqual("NOOP".utf8) { octets += [0x0D, 0x0A] }
  }
}
