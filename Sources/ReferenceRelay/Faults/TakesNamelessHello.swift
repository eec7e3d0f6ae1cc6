// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not care who says hello.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesNamelessHello.self }

struct TakesNamelessHello: RelayFault {
  static let summary = "EHLO works without a name."
  static let breaks = ["5321-4.1.1.1-ehlo-arg-missing"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.text == "EHLO" else { return .proceed }
    return .replace(line: Array("EHLO nobody.example".utf8))
  }
}
