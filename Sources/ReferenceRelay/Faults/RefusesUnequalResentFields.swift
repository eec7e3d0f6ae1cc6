// SPDX-License-Identifier: Apache-2.0
//
// A relay that checks the Resent fields of a message against each other.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesUnequalResentFields.self
}

struct RefusesUnequalResentFields: RelayFault {
  static let summary = "A message with Resent-To but no other Resent field is refused."
  static let breaks = ["5321-3.3-resent-mismatch"]

  private var isOffended = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if String(decoding: octets, as: UTF8.self).contains("Resent-To:") { isOffended = true }
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    guard stage == .message else { return }
    if isOffended { replies = [RelayReply(554, "5.6.0", "Resent fields do not match")] }
    isOffended = false
  }
}
