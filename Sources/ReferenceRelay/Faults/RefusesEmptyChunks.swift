// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes an empty chunk for an attack.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesEmptyChunks.self }

struct RefusesEmptyChunks: RelayFault {
  static let summary = "BDAT 0 without LAST is answered with 551."
  static let breaks = ["3030-2-bdat-zero-nonlast"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "BDAT 0" ? .say(551, "5.7.1", "Null BDAT request") : .proceed
  }
}
