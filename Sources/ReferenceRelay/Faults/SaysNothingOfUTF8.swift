// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace says of internationalized messages that they are plain ones.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SaysNothingOfUTF8.self }

struct SaysNothingOfUTF8: RelayFault {
  static let summary = "The protocol in the Received field does not say that UTF-8 was in use."
  static let breaks = ["6531-4.3-received-with"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace {
        $0.replacing(" with UTF8SMTP", with: " with ESMTP").replacing(
          " with UTF8L", with: " with L")
      }
    }
  }
}
