// SPDX-License-Identifier: Apache-2.0
//
// A relay that keeps the declared size in a short field.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReadsTenDigitsOfSize.self }

struct ReadsTenDigitsOfSize: RelayFault {
  static let summary = "A SIZE of more than ten digits is answered with 501."
  static let breaks = ["1870-3-size-20-digits"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "MAIL", let mark = command.text.firstRange(of: " SIZE=") else {
      return .proceed
    }
    let digits = command.text[mark.upperBound...].prefix { $0.isNumber }.count
    return (11...20).contains(digits) ? .say(501, "5.5.4", "Bad size") : .proceed
  }
}
