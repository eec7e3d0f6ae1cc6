// SPDX-License-Identifier: Apache-2.0
//
// A relay for which a size that it cannot read is no size.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  PassesOverMalformedSizes.self
}

struct PassesOverMalformedSizes: RelayFault {
  static let summary = "A SIZE that is no number is passed over."
  static let breaks = ["1870-3-size-bad-value", "1870-3-size-21-digits"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", let mark = command.text.firstRange(of: " SIZE=") else {
      return .proceed
    }
    let value = command.text[mark.upperBound...]
    let isNumber = (1...20).contains(value.count) && value.allSatisfy { $0.isNumber }
    guard !isNumber, !value.contains(" "), !value.contains("=") else { return .proceed }
    return .replace(line: Array(command.text[..<mark.lowerBound].utf8))
  }
}
