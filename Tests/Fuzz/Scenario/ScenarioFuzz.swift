// SPDX-License-Identifier: Apache-2.0
//
// JSON, scenarios and profiles: whatever is read is written and read again as the same; what is no
// scenario is an error with a place, never a crash.

import FuzzSupport
import JSONText
import ScenarioLanguage

private let target = TargetProfile.embedded(port: 25, authority: [])

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let octets = Array(UnsafeBufferPointer(start: start, count: count))
  guard let value = try? JSONReader.read(octets: octets, file: "fuzz.json") else { return 0 }
  do {
    let text = try JSONWriter.text(value, indent: 2)
    let again = try JSONReader.read(octets: text, file: "again.json")
    require(again == value, "another value: \(String(decoding: text, as: UTF8.self))")
  } catch {
    require(false, "does not come back: \(error)")
  }
  // Errors must be printable; what is read must compile or say why not.
  do {
    let scenario = try Scenario.decode(value, file: "fuzz.json")
    _ = scenario.unmetNeeds(of: target)
    _ = try Compiler.compile(scenario, for: target, run: "fuzz") { _ in nil }
  } catch {
    require("\(error)".hasPrefix("fuzz.json"), "an error without a place: \(error)")
  }
  do {
    _ = try TargetProfile.decode(value, file: "fuzz.json") { _ in nil }
  } catch {
    require("\(error)".hasPrefix("fuzz.json"), "an error without a place: \(error)")
  }
  return 0
}
