// SPDX-License-Identifier: Apache-2.0
//
// A relay that holds RFC 5322 against what it is given.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesHeadersWithoutDate.self
}

struct RefusesHeadersWithoutDate: RelayFault {
  static let summary = "A message without Date and From is refused."
  static let breaks = ["5321-3.3-defect-headers-accepted"]

  private var isOffended = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if String(decoding: octets, as: UTF8.self).contains("No Date, no From.") { isOffended = true }
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    guard stage == .message else { return }
    if isOffended { replies = [RelayReply(554, "5.6.0", "Date is missing")] }
    isOffended = false
  }
}
