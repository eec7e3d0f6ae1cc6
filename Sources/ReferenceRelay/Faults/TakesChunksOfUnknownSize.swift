// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads a size that is no number as zero.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TakesChunksOfUnknownSize.self
}

struct TakesChunksOfUnknownSize: RelayFault {
  static let summary = "BDAT with a malformed size is answered with 250."
  static let breaks = ["3030-2-bdat-syntax"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "BDAT x" || command.text == "BDAT -1"
      ? .say(250, "2.0.0", "0 octets received") : .proceed
  }
}
