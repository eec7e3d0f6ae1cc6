// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants the trace fields of others to be well-formed.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesOddReceivedFields.self
}

struct RefusesOddReceivedFields: RelayFault {
  static let summary = "A message with a malformed Received field is refused."
  static let breaks = ["5321-3.7.2-received-not-validated"]

  private var isOffended = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if String(decoding: octets, as: UTF8.self).contains("Received: garbage") { isOffended = true }
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    guard stage == .message else { return }
    if isOffended { replies = [RelayReply(554, "5.6.0", "Received is malformed")] }
    isOffended = false
  }
}
