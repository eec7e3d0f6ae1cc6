// SPDX-License-Identifier: Apache-2.0
//
// A relay that would rather be fast.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { FewIterations.self }

struct FewIterations: RelayFault {
  static let summary = "SCRAM has 1000 iterations."
  static let breaks = ["5802-5.1-iterations-4096"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    guard mechanism == .scramSHA256, case .challenge(let text) = step,
      let mark = String(decoding: text, as: UTF8.self).firstRange(of: ",i=")
    else { return }
    let start = String(decoding: text, as: UTF8.self)[..<mark.upperBound]
    step = .challenge(Array("\(start)1000".utf8))
  }
}
