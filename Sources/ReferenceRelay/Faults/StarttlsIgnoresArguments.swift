// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks at the verb alone.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  StarttlsIgnoresArguments.self
}

struct StarttlsIgnoresArguments: RelayFault {
  static let summary = "STARTTLS with a parameter starts TLS."
  static let breaks = ["3207-4-starttls-args-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "STARTTLS" ? .replace(line: Array("STARTTLS".utf8)) : .proceed
  }
}
