// SPDX-License-Identifier: Apache-2.0
//
// A relay whose limit is the first size that is too big.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LimitIsTooBig.self }

struct LimitIsTooBig: RelayFault {
  static let summary = "A declared size of exactly the limit is answered with 552."
  static let breaks = ["1870-6.1-declared-equal"]

  private var limit = ""

  mutating func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    limit = capabilities.first { $0.hasPrefix("SIZE ") }.map { String($0.dropFirst(5)) } ?? ""
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "MAIL" && !limit.isEmpty && command.text.hasSuffix(" SIZE=\(limit)")
      ? .say(552, "5.3.4", "Message too big") : .proceed
  }
}
