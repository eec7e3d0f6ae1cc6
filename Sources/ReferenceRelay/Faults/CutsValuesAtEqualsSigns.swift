// SPDX-License-Identifier: Apache-2.0
//
// A relay that splits parameters at every equals sign and takes the first two pieces.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CutsValuesAtEqualsSigns.self }

struct CutsValuesAtEqualsSigns: RelayFault {
  static let summary = "MAIL takes a parameter value with an equals sign."
  static let breaks = ["5321-4.1.2-esmtp-value-equals"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard let place = command.text.firstRange(of: "=200") else { return .proceed }
    return .replace(line: Array(command.text[..<place.lowerBound].utf8))
  }
}
