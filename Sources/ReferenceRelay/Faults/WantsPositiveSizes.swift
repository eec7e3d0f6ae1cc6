// SPDX-License-Identifier: Apache-2.0
//
// A relay that sees no message in a message of size zero.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WantsPositiveSizes.self }

struct WantsPositiveSizes: RelayFault {
  static let summary = "SIZE=0 is answered with 501."
  static let breaks = ["1870-6.1-size-zero"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && command.text.hasSuffix(" SIZE=0")
      ? .say(501, "5.5.4", "No message is that small") : .proceed
  }
}
