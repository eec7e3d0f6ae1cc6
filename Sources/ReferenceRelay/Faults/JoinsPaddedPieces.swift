// SPDX-License-Identifier: Apache-2.0
//
// A relay that decodes base64 in groups of four and joins what comes out.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { JoinsPaddedPieces.self }

struct JoinsPaddedPieces: RelayFault {
  static let summary = "Padding in the middle of a response is passed over."
  static let breaks = ["4954-4-bad-padding"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("AUTH PLAIN AA==") else { return .proceed }
    do throws(SASLError) {
      let message = [0] + (try Base64.decode(Array(command.line.dropFirst(15))))
      return .replace(line: Array("AUTH PLAIN ".utf8) + Base64.encode(message))
    } catch {
      return .proceed
    }
  }
}
