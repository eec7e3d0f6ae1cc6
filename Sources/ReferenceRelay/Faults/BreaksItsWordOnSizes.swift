// SPDX-License-Identifier: Apache-2.0
//
// A relay that accepts a size in MAIL and has second thoughts when the message is there.

@used @section("relay_faults") private let entry: RelayFaultEntry = { BreaksItsWordOnSizes.self }

struct BreaksItsWordOnSizes: RelayFault {
  static let summary =
    "A message whose declared size of five digits was accepted is refused at its end."
  static let breaks = ["1870-4-accept-extended-mail", "1870-6.3-declared-ok-no-552"]

  private var isDeclared = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard command.stage == .mail else { return .proceed }
    let value = command.text.split(separator: " SIZE=").dropFirst().first
    isDeclared = value?.count == 5 && value?.allSatisfy { $0.isNumber } == true
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .message, isDeclared else { return }
    replies = replies.map { _ in RelayReply(554, "5.3.4", "No room after all") }
  }
}
