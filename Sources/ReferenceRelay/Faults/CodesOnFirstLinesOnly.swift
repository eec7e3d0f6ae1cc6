// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts the enhanced code before the text, however many lines that has.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CodesOnFirstLinesOnly.self }

struct CodesOnFirstLinesOnly: RelayFault {
  static let summary = "Only the first line of the reply to HELP has an enhanced code."
  static let breaks = ["2034-4-multiline-repeat"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .help, replies.first?.code == 214 else { return }
    let text = "214-2.0.0 Commands are in RFC 5321\r\n214 That is all\r\n"
    replies = [RelayReply(octets: Array(text.utf8), code: 214)]
  }
}
