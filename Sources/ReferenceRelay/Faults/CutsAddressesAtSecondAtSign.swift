// SPDX-License-Identifier: Apache-2.0
//
// A submission server that takes an address to end where it no longer understands it.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  CutsAddressesAtSecondAtSign.self
}

struct CutsAddressesAtSecondAtSign: RelayFault {
  static let summary = "MAIL FROM:<a@@b.example> is taken."
  static let breaks = ["6409-5.1-address-syntax-501"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard context.role.isSubmission, command.text == "MAIL FROM:<a@@b.example>" else {
      return .proceed
    }
    return .replace(line: Array("MAIL FROM:<a@b.example>".utf8))
  }
}
