// SPDX-License-Identifier: Apache-2.0
//
// A relay that gives the client another try in the same exchange.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AsksAgainAfterBadBase64.self }

struct AsksAgainAfterBadBase64: RelayFault {
  static let summary = "A response that is not base64 is answered with another 334."
  static let breaks = ["4954-4-bad-base64-501"]

  private var isAfterExclamation = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    isAfterExclamation = octets == Array("!!!!\r\n".utf8)
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth, isAfterExclamation { replies = [RelayReply(334, nil, "")] }
  }
}
