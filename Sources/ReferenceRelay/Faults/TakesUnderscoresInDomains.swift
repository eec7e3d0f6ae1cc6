// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes an underscore for a letter of domain names.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TakesUnderscoresInDomains.self
}

struct TakesUnderscoresInDomains: RelayFault {
  static let summary = "MAIL accepts a domain with an underscore."
  static let breaks = ["5321-4.1.2-underscore-domain"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:<"), command.contains("@foo_bar.") else { return .proceed }
    return .replace(line: command.line.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 })
  }
}
