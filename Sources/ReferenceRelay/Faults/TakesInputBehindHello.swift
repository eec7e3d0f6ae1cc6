// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads on behind EHLO, whoever has not waited.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesInputBehindHello.self }

struct TakesInputBehindHello: RelayFault {
  static let summary = "Commands in one write with EHLO, behind it, are executed."
  static let breaks = ["2920-3.1-ehlo-mid-group"]

  func adjust(_ policy: inout RelayPolicy) { policy.inputBehindHello = .execute }
}
