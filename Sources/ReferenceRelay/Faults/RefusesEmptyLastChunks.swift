// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants content in every chunk.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesEmptyLastChunks.self }

struct RefusesEmptyLastChunks: RelayFault {
  static let summary = "BDAT 0 LAST is answered with 501."
  static let breaks = ["3030-2-bdat-zero-last"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "BDAT 0 LAST" && context.recipients > 0
      ? .say(501, "5.5.4", "An empty chunk") : .proceed
  }
}
