// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not mind by which hello LMTP begins.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEHLOInLMTP.self }

struct TakesEHLOInLMTP: RelayFault {
  static let summary = "LMTP takes EHLO for LHLO."
  static let breaks = ["2033-4.1-lhlo", "2033-4.1-ehlo-refused"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "EHLO", context.role == .lmtp else { return .proceed }
    return .replace(line: Array("LHLO \(command.argument)".utf8))
  }
}
