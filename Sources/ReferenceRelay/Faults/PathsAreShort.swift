// SPDX-License-Identifier: Apache-2.0
//
// A relay that forgot the brackets when it made room for paths.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PathsAreShort.self }

struct PathsAreShort: RelayFault {
  static let summary = "A sender whose path has 256 octets is refused with 501."
  static let breaks = ["5321-4.5.3.1.3-path-256"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("MAIL FROM:<x") && command.line.count == 10 + 256
      ? .say(501, "5.1.7", "Path too long") : .proceed
  }
}
