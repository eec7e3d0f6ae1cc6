// SPDX-License-Identifier: Apache-2.0
//
// A relay that decodes every initial response, whatever it is.

@used @section("relay_faults") private let entry: RelayFaultEntry = { KnowsNoEqualsSign.self }

struct KnowsNoEqualsSign: RelayFault {
  static let summary = "AUTH EXTERNAL is offered, and a lone equals sign is taken for bad base64."
  static let breaks = ["4954-4-ir-equals"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    for index in capabilities.indices where capabilities[index].hasPrefix("AUTH ") {
      capabilities[index] += " EXTERNAL"
    }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("AUTH EXTERNAL") else { return .proceed }
    return .say(501, "5.5.2", "Cannot decode the response")
  }
}
