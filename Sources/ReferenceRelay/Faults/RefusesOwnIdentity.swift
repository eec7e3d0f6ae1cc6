// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes every authorization identity for somebody else's.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesOwnIdentity.self }

struct RefusesOwnIdentity: RelayFault {
  static let summary = "PLAIN with the user's own authorization identity is refused."
  static let breaks = ["4616-2-authzid-same"]

  private var namesItself = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let fields = message.split(separator: 0, omittingEmptySubsequences: false)
    namesItself = mechanism == .plain && fields.count == 3 && fields[0] == fields[1]
  }

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if namesItself { step = .refused(.notAuthorized) }
  }
}
