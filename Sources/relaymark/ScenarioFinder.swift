// SPDX-License-Identifier: Apache-2.0
//
// From what the command line names to scenario files: a file, a folder, or the beginning of an id.

import Glibc
import JSONText

/// Finds scenario files.
struct ScenarioFinder {
  /// The folder below which ids count; nil where there is none in reach.
  let root: String?

  /// The folder `Scenarios` here, or beside the program or above it, as in a source tree.
  init() {
    var candidates = ["Scenarios"]
    var folder = ProcessEnvironment.programFolder
    while let path = folder, !path.isEmpty {
      candidates.append("\(path)/Scenarios")
      folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
    root = candidates.first { FileKind(of: $0) == .folder }
  }

  init(root: String?) { self.root = root }

  /// A scenario file with the folder to which its id is relative.
  struct Found: Hashable {
    var path: String
    var root: String?
  }

  /// The files that the names stand for, each once, folders in the order of their section numbers.
  ///
  /// - Throws: `UsageError` with every name that stands for nothing.
  func find(_ names: [String]) throws -> [Found] {
    var found: [Found] = []
    var problems: [String] = []
    for name in names {
      let files = files(for: name)
      if files.isEmpty { problems.append(Self.absence(of: name)) }
      for file in files where !found.contains(file) { found.append(file) }
    }
    guard problems.isEmpty else { throw UsageError(problems) }
    return found
  }

  private static func absence(of name: String) -> String {
    FileKind(of: name) == .folder
      ? "\(name): no scenario in this folder"
      : "\(name): no such file, folder or scenario; \"relaymark list\" shows what there is"
  }

  private func files(for name: String) -> [Found] {
    switch FileKind(of: name) {
    case .file: return [Found(path: name, root: root(of: name))]
    case .folder: return Self.scenarios(below: name).map { Found(path: $0, root: root(of: $0)) }
    case .other, nil: return scenarios(withPrefix: name)
    }
  }

  /// Everything whose id begins with the text; the empty one begins every id.
  func scenarios(withPrefix prefix: String) -> [Found] {
    guard let root else { return [] }
    return Self.scenarios(below: root)
      .filter { $0.dropFirst(root.count + 1).hasPrefix(prefix) }
      .map { Found(path: $0, root: root) }
  }

  /// The innermost folder `Scenarios` on the way to the file, else ours.
  private func root(of path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let place = parts.dropLast().lastIndex(of: "Scenarios") else { return root }
    return parts[...place].joined(separator: "/")
  }

  /// Folders within folders that are looked into; the tree is the RFC's, which has five levels.
  private static let depth = 12

  private static func scenarios(below folder: String, depth: Int = depth) -> [String] {
    guard depth > 0 else { return [] }
    var files: [String] = []
    for name in Folder.names(in: folder).sorted(by: SectionOrder.precedes)
    where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      switch FileKind(of: path) {
      case .folder: files += scenarios(below: path, depth: depth - 1)
      case .file where isScenario(name): files.append(path)
      case .file, .other, nil: break
      }
    }
    return files
  }

  private static let registers: Set<String> = ["requirements.json", "not-observable.json"]

  /// Schemas and registers of requirements lie beside the scenarios and are none.
  private static func isScenario(_ name: String) -> Bool {
    name.hasSuffix(".json") && !name.hasSuffix(".schema.json") && !registers.contains(name)
  }
}

/// What lies under a path.
enum FileKind {
  case file
  case folder
  case other

  /// nil where there is nothing.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .other
    }
  }
}

/// The order of section numbers: 4.1.1.9 before 4.1.1.10.
enum SectionOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (Array(left.utf8)[...], Array(right.utf8)[...])
    while let first = left.first, let second = right.first {
      if isDigit(first), isDigit(second) {
        let (one, other) = (number(&left), number(&right))
        if one != other { return one < other }
      } else {
        if first != second { return first < second }
        left.removeFirst()
        right.removeFirst()
      }
    }
    return left.count < right.count
  }

  private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

  private static func number(_ octets: inout ArraySlice<UInt8>) -> Int {
    var value = 0
    while let digit = octets.first, isDigit(digit) {
      value = value > Int.max / 100 ? value : value * 10 + Int(digit - 0x30)
      octets.removeFirst()
    }
    return value
  }
}
