// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes a TLS record for a line.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  ReadsOneCommandPerRecord.self
}

struct ReadsOneCommandPerRecord: RelayFault {
  static let summary = "Of a group that comes in one TLS record, only the first command is read."
  static let breaks = ["2920-3.2-no-input-loss", "5321-4.2-one-reply"]

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard context.isSecure, octets.prefix(4).elementsEqual("MAIL".utf8),
      let end = octets.firstIndex(of: 0x0A)
    else { return }
    octets.removeSubrange((end + 1)...)
  }
}
