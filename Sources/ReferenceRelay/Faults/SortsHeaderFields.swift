// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts the header of a message in an order of its own.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SortsHeaderFields.self }

struct SortsHeaderFields: RelayFault {
  static let summary = "The Subject field is moved to the front of the header section."
  static let breaks = ["5321-3.6.3-relay-no-modify"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      var lines = copies[index].content.lines
      let header = lines.prefix { $0.count > 2 }
      guard let place = header.firstIndex(where: { $0.starts(with: "Subject:".utf8) }) else {
        continue
      }
      lines.insert(lines.remove(at: place), at: 0)
      copies[index].content = lines.flatMap(\.self)
    }
  }
}
