// SPDX-License-Identifier: Apache-2.0
//
// A relay that forgets with DATA that the content was to be binary.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TakesDataForBinaryBodies.self
}

struct TakesDataForBinaryBodies: RelayFault {
  static let summary = "DATA behind BODY=BINARYMIME is answered with 354."
  static let breaks = ["3030-3-binary-data-503"]

  func adjust(_ policy: inout RelayPolicy) { policy.takesDataForBinaryBodies = true }
}
