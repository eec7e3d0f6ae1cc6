// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers BINARYMIME and no means to send it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesChunking.self }

struct HidesChunking: RelayFault {
  static let summary = "CHUNKING is not on the list, though BINARYMIME is."
  static let breaks = ["3030-3-binary-needs-chunking"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if capabilities.contains("BINARYMIME") { capabilities.removeAll { $0 == "CHUNKING" } }
  }
}
