// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks into the header and wants BODY to agree with it.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  WantsBinaryBodiesDeclared.self
}

struct WantsBinaryBodiesDeclared: RelayFault {
  static let summary = "A message with binary encoding is refused where BODY does not announce it."
  static let breaks = ["3030-3-binary-unlabelled-accepted"]

  private var isBinary = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    if octets.starts(with: "MAIL".utf8) { isBinary = false }
    guard octets.starts(with: "BDAT".utf8) else { return }
    let text = String(decoding: octets, as: UTF8.self).lowercased()
    isBinary = isBinary || text.contains("content-transfer-encoding: binary")
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .message, isBinary else { return }
    replies = replies.map { _ in RelayReply(554, "5.6.1", "Binary content was not announced") }
  }
}
