// SPDX-License-Identifier: Apache-2.0
//
// Every fault's file is in the catalogue, under the name that its type gives it.

import Glibc
import ReferenceRelay
import Testing

@Suite struct FaultCatalogueTests {
  @Test("Every file of the folder Faults holds one registered fault of the same name")
  func everyFileIsRegistered() throws {
    let root = #filePath.dropLast("Tests/ReferenceRelayTests/FaultCatalogueTests.swift".count)
    let files = try #require(names(in: "\(root)Sources/ReferenceRelay/Faults"))
      .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
    let types = RelayFaultCatalogue.all.map { String(describing: $0) }
    #expect(!files.isEmpty)
    #expect(files.sorted() == types.sorted())
  }

  private func names(in folder: String) -> [String]? {
    guard let directory = opendir(folder) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}
