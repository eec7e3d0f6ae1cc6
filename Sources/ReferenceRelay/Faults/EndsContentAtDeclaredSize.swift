// SPDX-License-Identifier: Apache-2.0
//
// A relay that believes the declared size and takes what comes behind it for commands.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  EndsContentAtDeclaredSize.self
}

struct EndsContentAtDeclaredSize: RelayFault {
  static let summary = "Content beyond the declared size is executed."
  static let breaks = ["1870-6-size-not-end"]

  func adjust(_ policy: inout RelayPolicy) { policy.endsContentAtDeclaredSize = true }
}
