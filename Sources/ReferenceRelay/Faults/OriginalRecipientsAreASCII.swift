// SPDX-License-Identifier: Apache-2.0
//
// A relay with DSN as it was before internationalized addresses.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OriginalRecipientsAreASCII.self
}

struct OriginalRecipientsAreASCII: RelayFault {
  static let summary = "The address type utf-8 in ORCPT is answered with 501."
  static let breaks = ["6531-3.2-dsn-needs-6533"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("RCPT TO:"), command.contains("ORCPT=utf-8;") else { return .proceed }
    return .say(501, "5.5.4", "Unknown address type in ORCPT")
  }
}
