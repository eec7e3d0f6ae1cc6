// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks mechanisms up as they are written.

@used @section("relay_faults") private let entry: RelayFaultEntry = { MindsCaseOfMechanisms.self }

struct MindsCaseOfMechanisms: RelayFault {
  static let summary = "A mechanism in small letters is answered with 504."
  static let breaks = ["4954-8-case-insensitive"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "AUTH", command.argument != command.argument.uppercased(),
      !command.argument.contains(" ")
    else { return .proceed }
    return .say(504, "5.5.4", "Unknown authentication mechanism")
  }
}
