// SPDX-License-Identifier: Apache-2.0
//
// Faults of the embedded relay as the command line names them.

import ReferenceRelay
import ScenarioLanguage

enum FaultNames {
  /// The faults of these names, in their order.
  ///
  /// - Throws: `UsageError` for all that nobody knows, with the nearest name of each.
  static func faults(_ names: [String]) throws -> [any RelayFault] {
    let unknown = names.filter { RelayFaultCatalogue.fault(named: $0) == nil }
    guard unknown.isEmpty else {
      let known = RelayFaultCatalogue.all.map { $0.name }
      throw UsageError(
        unknown.map { name in
          let near = NearestWord.find(name, among: known).map { "; did you mean \"\($0)\"?" }
          return "unknown fault \"\(name)\"" + (near ?? "; \"relaymark list --faults\" shows all")
        })
    }
    return names.compactMap { RelayFaultCatalogue.fault(named: $0)?.init() }
  }
}
