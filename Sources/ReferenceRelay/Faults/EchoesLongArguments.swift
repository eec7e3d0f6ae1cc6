// SPDX-License-Identifier: Apache-2.0
//
// A relay that shows an argument where it stands and once more in the reason.

@used @section("relay_faults") private let entry: RelayFaultEntry = { EchoesLongArguments.self }

struct EchoesLongArguments: RelayFault {
  static let summary = "The reply to EXPN shows the whole argument, twice."
  static let breaks = ["5321-4.5.3.1.5-reply-512"]

  private var argument = ""

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .expn, replies.first?.code == 502, !argument.isEmpty else { return }
    replies[0].text = "\(argument): no list \(argument) here"
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    argument = command.stage == .expn ? command.argument : ""
    return .proceed
  }
}
