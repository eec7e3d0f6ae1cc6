// SPDX-License-Identifier: Apache-2.0
//
// A relay whose guard against injected commands reads mail as well.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ObeysCommandsInMessages.self }

struct ObeysCommandsInMessages: RelayFault {
  static let summary = "A message with a line STARTTLS is refused."
  static let breaks = ["5321-4.1.1.4-ok-on-success"]

  private var isInContent = false
  private var hasCommand = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard isInContent else { return }
    let text = String(decoding: octets, as: UTF8.self).uppercased()
    if text.contains("\r\nSTARTTLS\r\n") { hasCommand = true }
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .data { isInContent = replies.first?.code == 354 }
    guard stage == .message else { return }
    if hasCommand { replies = [RelayReply(554, "5.7.0", "Command injection")] }
    (isInContent, hasCommand) = (false, false)
  }
}
