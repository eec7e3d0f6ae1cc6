// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not read whom the client wants to act as.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  IgnoresAuthorizationIdentity.self
}

struct IgnoresAuthorizationIdentity: RelayFault {
  static let summary = "The authorization identity of PLAIN is passed over."
  static let breaks = ["4616-2-authzid-unauthorised"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    guard mechanism == .plain, message.starts(with: "somebody-else".utf8),
      let end = message.firstIndex(of: 0)
    else { return }
    message.removeFirst(end)
  }
}
