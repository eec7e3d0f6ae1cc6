// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes the nonce from the final message.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { ForgetsScramNonce.self }

struct ForgetsScramNonce: RelayFault {
  static let summary = "The nonce of the final message of SCRAM may be another one."
  static let breaks = ["5802-5.1-nonce-verified"]
  static let alsoTrips = ["rfc5802/5.1-attributes/failure": "Its failure is a wrong nonce."]

  private var nonce: [UInt8] = []
  private var isWrong = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let parts = message.split(separator: UInt8(ascii: ","))
    isWrong = !nonce.isEmpty && parts.count == 3 && parts[1] != nonce[...]
  }

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if case .challenge(let text) = step, text.starts(with: "r=".utf8) {
      nonce = Array(text.prefix { $0 != UInt8(ascii: ",") })
    } else if isWrong, case .refused = step {
      step = .accepted(identity: "tester")
    }
  }
}
