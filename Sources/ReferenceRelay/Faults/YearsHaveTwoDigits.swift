// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace has years of the last century's kind.

@used @section("relay_faults") private let entry: RelayFaultEntry = { YearsHaveTwoDigits.self }

struct YearsHaveTwoDigits: RelayFault {
  static let summary = "The year in the Received field has two digits."
  static let breaks = ["5321-4.4-received-4digit-year"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace { $0.replacing(#/ 20([0-9]{2}) /#) { " \($0.output.1) " } }
    }
  }
}
