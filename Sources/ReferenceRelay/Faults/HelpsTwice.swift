// SPDX-License-Identifier: Apache-2.0
//
// A relay that explains a command and then all of them, in two replies.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelpsTwice.self }

struct HelpsTwice: RelayFault {
  static let summary = "HELP with an argument gets two replies."
  static let breaks = ["5321-4.1.1.8-help-arg", "5321-4.2-one-reply"]
  static let alsoTrips = ["rfc5321/4.3.2-codes/help": "It asks for help on a command."]

  private var isSpecific = false

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .help, isSpecific else { return }
    replies.append(RelayReply(214, "2.0.0", "That is all"))
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    isSpecific = command.begins("HELP ")
    return .proceed
  }
}
