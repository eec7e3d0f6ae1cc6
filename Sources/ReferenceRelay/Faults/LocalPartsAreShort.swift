// SPDX-License-Identifier: Apache-2.0
//
// A relay that keeps local parts in 63 octets and a NUL.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LocalPartsAreShort.self }

struct LocalPartsAreShort: RelayFault {
  static let summary = "A sender with 64 octets before the @ is refused with 501."
  static let breaks = ["5321-4.5.3.1.1-localpart-64"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("MAIL FROM:<xxxx") && command.line.count < 120
      ? .say(501, "5.1.7", "Local part too long") : .proceed
  }
}
