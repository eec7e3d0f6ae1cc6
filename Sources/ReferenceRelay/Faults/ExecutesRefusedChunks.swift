// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses a chunk and then reads its octets as commands.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ExecutesRefusedChunks.self }

struct ExecutesRefusedChunks: RelayFault {
  static let summary = "The octets of a chunk that is refused are executed."
  static let breaks = ["3030-2-bdat-discard-on-error", "3030-2-bdat-pipelined-after-fail"]
  static let alsoTrips = [
    "BDAT": "The octets of a refused chunk are answered like commands.",
    "invariants/nothing-unasked-but-421":
      "The octets of a refused chunk are answered like commands.",
    "invariants/one-reply-per-command": "The octets of a refused chunk are answered like commands.",
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.consumesRefusedChunks = false }
}
