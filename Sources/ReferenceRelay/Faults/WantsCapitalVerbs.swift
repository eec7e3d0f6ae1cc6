// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows its commands in capitals only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WantsCapitalVerbs.self }

struct WantsCapitalVerbs: RelayFault {
  static let summary = "Verbs in lower or mixed case are unknown."
  static let breaks = ["5321-2.4-verb-case"]
  static let alsoTrips = [
    "rfc4954/4-auth/any-letter-case": "It writes the verb in small letters as well."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    let verb = command.line.prefix { $0 != UInt8(ascii: " ") }
    let hasSmall = verb.contains { (0x61...0x7A).contains($0) }
    return hasSmall ? .say(500, "5.5.1", "Unknown command") : .proceed
  }
}
