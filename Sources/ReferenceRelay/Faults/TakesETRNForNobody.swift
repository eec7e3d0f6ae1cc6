// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes ETRN without a node for all nodes.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesETRNForNobody.self }

struct TakesETRNForNobody: RelayFault {
  static let summary = "ETRN without an argument is accepted."
  static let breaks = ["1985-5.1-etrn-syntax"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "ETRN", command.argument.isEmpty else { return .proceed }
    return .say(250, "2.0.0", "Queuing started")
  }
}
