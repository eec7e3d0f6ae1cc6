// SPDX-License-Identifier: Apache-2.0
//
// A relay that decodes base64 as mail content allows it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SkipsForeignCharacters.self }

struct SkipsForeignCharacters: RelayFault {
  static let summary = "Characters outside of base64 are skipped in a response."
  static let breaks = ["4954-4-non-alphabet"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("AUTH PLAIN .") else { return .proceed }
    return .replace(line: Array("AUTH PLAIN ".utf8) + command.line.dropFirst(12))
  }
}
