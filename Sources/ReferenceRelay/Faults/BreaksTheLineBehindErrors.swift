// SPDX-License-Identifier: Apache-2.0
//
// A relay that throws part of its input away when it finds an error.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  BreaksTheLineBehindErrors.self
}

struct BreaksTheLineBehindErrors: RelayFault {
  static let summary = "The first octets of the line behind a malformed MAIL command are lost."
  static let breaks = ["2920-3.2-no-input-loss"]

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard let fault = octets.firstRange(of: Array("<no address>\r\n".utf8)) else { return }
    octets.removeSubrange(fault.upperBound..<min(fault.upperBound + 2, octets.count))
  }
}
