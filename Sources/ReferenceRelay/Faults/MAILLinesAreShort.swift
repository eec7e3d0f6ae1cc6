// SPDX-License-Identifier: Apache-2.0
//
// A relay that has room for a path and little else in MAIL.

@used @section("relay_faults") private let entry: RelayFaultEntry = { MAILLinesAreShort.self }

struct MAILLinesAreShort: RelayFault {
  static let summary = "MAIL with more than 400 octets is answered with 500."
  static let breaks = ["5321-4.5.3.1.4-extension-length"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && command.line.count > 400 && command.contains(" SIZE=")
      ? .say(500, "5.5.2", "Line too long") : .proceed
  }
}
