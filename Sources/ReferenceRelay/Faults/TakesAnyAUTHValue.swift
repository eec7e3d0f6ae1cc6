// SPDX-License-Identifier: Apache-2.0
//
// A relay that passes over a parameter which it makes no use of.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyAUTHValue.self }

struct TakesAnyAUTHValue: RelayFault {
  static let summary = "The value of AUTH on MAIL is not looked at."
  static let breaks = ["4954-5-mail-auth-bad"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:"), command.contains(" AUTH=") else { return .proceed }
    let words = command.line.split(separator: UInt8(ascii: " ")).filter {
      !String(decoding: $0, as: UTF8.self).uppercased().hasPrefix("AUTH=")
    }
    return .replace(line: Array(words.joined(separator: [UInt8(ascii: " ")])))
  }
}
