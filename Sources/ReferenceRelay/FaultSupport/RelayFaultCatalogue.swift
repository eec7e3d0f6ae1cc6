// SPDX-License-Identifier: Apache-2.0
//
// All faults there are, found at run time: each fault's file puts one entry into a section of the
// program, and the catalogue walks that section. So no list has to be kept by hand.

import CFaultSection

/// What the file of a fault puts into the section `relay_faults`: a function that gives its type.
///
/// ```swift
/// @used @section("relay_faults") private let entry: RelayFaultEntry = { MyFault.self }
/// ```
typealias RelayFaultEntry = @Sendable () -> any RelayFault.Type

/// The named faults of the reference relay.
package enum RelayFaultCatalogue {
  /// One entry as it lies in the section; a structure, so that reading it from memory takes the
  /// function as it was put there and not in the form that generic code expects.
  private struct Entry { let type: RelayFaultEntry }

  /// Every fault, sorted by name.
  package static let all: [any RelayFault.Type] = {
    guard let begin = relaymark_faults_begin(), let end = relaymark_faults_end() else { return [] }
    let (count, rest) = (end - begin).quotientAndRemainder(dividingBy: MemoryLayout<Entry>.stride)
    precondition(rest == 0, "something that is no RelayFaultEntry is in the section relay_faults")
    let found = begin.withMemoryRebound(to: Entry.self, capacity: count) { entries in
      UnsafeBufferPointer(start: entries, count: count).map { $0.type() }
    }
    return found.sorted { $0.name < $1.name }
  }()

  /// The fault of that name; nil where there is none.
  package static func fault(named name: String) -> (any RelayFault.Type)? {
    all.first { $0.name == name }
  }
}
