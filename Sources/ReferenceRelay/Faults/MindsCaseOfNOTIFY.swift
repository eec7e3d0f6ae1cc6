// SPDX-License-Identifier: Apache-2.0
//
// A relay that compares the values of NOTIFY octet by octet.

@used @section("relay_faults") private let entry: RelayFaultEntry = { MindsCaseOfNOTIFY.self }

struct MindsCaseOfNOTIFY: RelayFault {
  static let summary = "NOTIFY=success in small letters is answered with 501."
  static let breaks = ["3461-4.1-keyword-case"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RCPT", let mark = command.text.firstRange(of: "NOTIFY=") else {
      return .proceed
    }
    let value = command.text[mark.upperBound...].prefix { $0 != " " }
    return value == value.uppercased() ? .proceed : .say(501, "5.5.4", "Unknown value of NOTIFY")
  }
}
