// SPDX-License-Identifier: Apache-2.0
//
// A relay whose line buffer is as RFC 5321 has it, extensions or not.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RCPTLinesAreShort.self }

struct RCPTLinesAreShort: RelayFault {
  static let summary = "RCPT with more than 512 octets is answered with 500."
  static let breaks = ["3461-5.4-line-1036", "3461-5.4-param-sizes"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RCPT" && command.line.count > 510
      ? .say(500, "5.5.2", "Line too long") : .proceed
  }
}
