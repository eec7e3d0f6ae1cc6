// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts its trace at the end of the header section.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PutsReceivedLast.self }

struct PutsReceivedLast: RelayFault {
  static let summary = "The Received field stands at the end of the header section."
  static let breaks = ["5321-4.4-received-first"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      let lines = copies[index].content.lines
      let header = lines.prefix { $0.count > 2 }
      let rest = lines.dropFirst(header.count)
      copies[index].content =
        header.flatMap(\.self) + copies[index].trace + rest.flatMap(\.self)
      copies[index].trace = []
    }
  }
}
