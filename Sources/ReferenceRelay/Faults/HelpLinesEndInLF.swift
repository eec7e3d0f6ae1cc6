// SPDX-License-Identifier: Apache-2.0
//
// A relay whose help text comes from a file with the line ends of its own system.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelpLinesEndInLF.self }

struct HelpLinesEndInLF: RelayFault {
  static let summary = "Lines of the reply to HELP end in LF alone."
  static let breaks = ["5321-2.3.8-reply-crlf"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .help else { return }
    replies = [
      RelayReply(octets: Array("214-2.0.0 See RFC 5321\n214 2.0.0 That is all\r\n".utf8), code: 214)
    ]
  }
}
