// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows the parameters of MAIL in capitals only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WantsCapitalParameters.self }

struct WantsCapitalParameters: RelayFault {
  static let summary = "MAIL refuses parameters in lower case."
  static let breaks = ["5321-2.4-param-keyword-case"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text.contains(" body=") || command.text.contains(" size=")
      ? .say(555, "5.5.4", "Unknown parameter") : .proceed
  }
}
