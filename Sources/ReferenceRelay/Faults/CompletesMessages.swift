// SPDX-License-Identifier: Apache-2.0
//
// A relay that repairs what an author left out.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CompletesMessages.self }

struct CompletesMessages: RelayFault {
  static let summary = "A Date field is added to a message that has none."
  static let breaks = ["5321-6.4-relay-no-fixups"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      let hasDate = copies[index].content.lines.prefix { $0.count > 2 }
        .contains { $0.starts(with: "Date:".utf8) }
      guard !hasDate else { continue }
      copies[index].content =
        Array("Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n".utf8) + copies[index].content
    }
  }
}
