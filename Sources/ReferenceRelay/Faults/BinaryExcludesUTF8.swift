// SPDX-License-Identifier: Apache-2.0
//
// A relay that can do one thing at a time.

@used @section("relay_faults") private let entry: RelayFaultEntry = { BinaryExcludesUTF8.self }

struct BinaryExcludesUTF8: RelayFault {
  static let summary = "BODY=BINARYMIME and SMTPUTF8 together are refused."
  static let breaks = ["6531-3.6-with-binarymime"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:"), command.contains("BODY=BINARYMIME"),
      command.contains(" SMTPUTF8")
    else { return .proceed }
    return .say(501, "5.5.4", "BINARYMIME and SMTPUTF8 exclude each other")
  }
}
