// SPDX-License-Identifier: Apache-2.0
//
// A relay with an extension of its own whose keyword nobody registered.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersUnregisteredKeyword.self
}

struct OffersUnregisteredKeyword: RelayFault {
  static let summary = "The EHLO reply lists a keyword that neither IANA knows nor an X begins."
  static let breaks = ["5321-2.2.2-unregistered-keyword"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.append("FASTLANE")
  }
}
