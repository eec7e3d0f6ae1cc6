// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads a group to its end and leaves when it finds QUIT there.

@used @section("relay_faults") private let entry: RelayFaultEntry = { QUITOvertakesItsGroup.self }

struct QUITOvertakesItsGroup: RelayFault {
  static let summary = "Commands in one piece with QUIT are answered no further than the first."
  static let breaks = ["2920-3.1-quit-pipelined"]

  private var isLeaving = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    let lines = octets.split(separator: UInt8(ascii: "\n"))
    isLeaving = lines.count > 2 && lines.last == Array("QUIT\r".utf8)[...]
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard isLeaving, command.verb == "RCPT" else { return .proceed }
    return .answerAndClose([RelayReply(221, "2.0.0", "Goodbye")], .orderly)
  }
}
