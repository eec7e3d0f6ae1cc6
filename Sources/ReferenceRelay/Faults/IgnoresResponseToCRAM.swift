// SPDX-License-Identifier: Apache-2.0
//
// A relay that drops what it has no use for.

@used @section("relay_faults") private let entry: RelayFaultEntry = { IgnoresResponseToCRAM.self }

struct IgnoresResponseToCRAM: RelayFault {
  static let summary = "An initial response to CRAM-MD5 is passed over."
  static let breaks = ["4954-4-ir-server-first-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("AUTH CRAM-MD5 ") else { return .proceed }
    return .replace(line: Array("AUTH CRAM-MD5".utf8))
  }
}
