// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes the attributes of SCRAM in an order of its own.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { ScramSaltComesFirst.self }

struct ScramSaltComesFirst: RelayFault {
  static let summary = "The first message of SCRAM begins with the salt."
  static let breaks = ["5802-5-server-first"]
  static let alsoTrips = [
    "rfc5802/5.1-attributes/unknown-extensions":
      "It takes a first message of the server for understood where the nonce leads."
  ]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    guard mechanism == .scramSHA256, case .challenge(let text) = step,
      text.starts(with: "r=".utf8)
    else { return }
    let parts = text.split(separator: UInt8(ascii: ","))
    step = .challenge(Array([parts[1], parts[0], parts[2]].joined(separator: ",".utf8)))
  }
}
