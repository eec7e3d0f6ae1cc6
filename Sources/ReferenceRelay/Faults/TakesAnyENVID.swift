// SPDX-License-Identifier: Apache-2.0
//
// A relay that keeps ENVID as it comes and never decodes it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyENVID.self }

struct TakesAnyENVID: RelayFault {
  static let summary = "An ENVID that is no xtext is taken."
  static let breaks = ["3461-5.1-bad-envid-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", let mark = command.text.firstRange(of: " ENVID=a") else {
      return .proceed
    }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
