// SPDX-License-Identifier: Apache-2.0
//
// `junit.xml`: verdicts for continuous integration. Each verdict has exactly one JUnit outcome.

package import RunRecord

/// Renders a record as JUnit XML, a suite for each folder of checks and one for thresholds.
package struct JUnitReport {
  private let record: RunRecord
  private let isStrict: Bool

  /// - Parameter strict: counts warnings as failures.
  package init(of record: RunRecord, strict: Bool = false) {
    self.record = record
    isStrict = strict
  }

  private struct Case {
    var name: String
    var className: String
    var seconds: Double
    var outcome: Outcome
    var properties: [(name: String, value: String)] = []
    var output = ""
  }

  private enum Outcome {
    case passed
    /// The target's fault.
    case failure(type: String, message: String)
    /// The harness's fault.
    case error(String)
    case skipped(String)
  }

  /// The whole document.
  package var text: String {
    let suites = self.suites
    let cases = suites.flatMap(\.cases)
    var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    xml += "<testsuites name=\"\(Self.escaped(record.scenario.title))\" \(counts(of: cases))>\n"
    for suite in suites {
      xml += "  <testsuite name=\"\(Self.escaped(suite.name))\" \(counts(of: suite.cases))"
      xml += " timestamp=\"\(Self.escaped(record.started.replacing("Z", with: "")))\">\n"
      for entry in suite.cases { xml += element(entry) }
      xml += "  </testsuite>\n"
    }
    return xml + "</testsuites>\n"
  }

  // MARK: Cases

  private var suites: [(name: String, cases: [Case])] {
    var suites: [(name: String, cases: [Case])] = []
    for check in record.checks {
      let parts = check.id.split(separator: "/").dropLast()
      let folder = parts.isEmpty ? record.scenario.id : parts.joined(separator: "/")
      let name = record.certificate == nil ? folder : CheckPlace(id: check.id).title
      let place = suites.firstIndex { $0.name == name }
      let entry = testCase(of: check, in: name)
      if let place { suites[place].cases.append(entry) } else { suites.append((name, [entry])) }
    }
    if let load = record.load { suites.append((record.scenario.id, [testCase(of: load)])) }
    if !record.thresholds.isEmpty {
      suites.append(("thresholds", record.thresholds.map(testCase(of:))))
    }
    return suites
  }

  private func testCase(of check: CheckRecord, in suite: String) -> Case {
    let said = [check.expected.map { "expected \($0)" }, check.actual.map { "actual \($0)" }]
    let message = (said + [check.reason]).compactMap(\.self).joined(separator: "; ")
    let outcome: Outcome =
      switch check.standing {
      // Neither passed nor a failure that breaks the build.
      case "waived": .skipped("waived \(check.verdict): \(check.waiver ?? ""); \(message)")
      case "fail": .failure(type: "fail", message: message)
      case "warn": isStrict ? .failure(type: "warn", message: message) : .passed
      case "error": .error(message)
      case "skipped", "inconclusive":
        .skipped("\(check.verdict): \(check.reason ?? check.actual ?? "no reason given")")
      default: .passed
      }
    var properties = check.requirements.map { (name: "requirement", value: $0) }
    if check.verdict == "warn" || check.verdict == "info" {
      properties.append((name: check.verdict, value: message))
    }
    if let severity = check.severity { properties.append((name: "severity", value: severity)) }
    properties += check.measured.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    if let role = check.role { properties.append((name: "role", value: role)) }
    if let gate = check.gate { properties.append((name: "gate", value: gate)) }
    if let waiver = check.waiver { properties.append((name: "waiver", value: waiver)) }
    // One check runs in several roles and at several gates, and each is a case of its own.
    // As run.json keeps it, so that sums are the same when it is rendered again.
    let seconds = (check.duration * 1000).rounded() / 1000
    let place = [check.role, check.gate].compactMap(\.self).joined(separator: ", ")
    return Case(
      name: place.isEmpty ? check.title : "\(check.title) (\(place))",
      className: check.id.replacing("/", with: "."), seconds: seconds,
      outcome: outcome, properties: properties,
      output: check.transcriptLines.joined(separator: "\n"))
  }

  private func testCase(of load: LoadRecord) -> Case {
    let outcome: Outcome =
      record.valid ? .passed : .error(record.invalidReason ?? "the measurement is not valid")
    let messages = load.messages
    return Case(
      name: record.scenario.title, className: record.scenario.id.replacing("/", with: "."),
      seconds: load.measured, outcome: outcome,
      properties: [
        ("attempted", "\(messages.attempted)"), ("accepted", "\(messages.accepted)"),
        ("deferred", "\(messages.deferred)"), ("rejected", "\(messages.rejected)"),
        ("throttled", "\(messages.throttled)"), ("lost", "\(messages.lost)"),
      ])
  }

  private func testCase(of threshold: ThresholdRecord) -> Case {
    Case(
      name: "\(threshold.metric) \(threshold.limit)", className: "thresholds", seconds: 0,
      outcome: threshold.holds
        ? .passed : .failure(type: "threshold", message: "measured \(threshold.measured)"))
  }

  // MARK: XML

  private func counts(of cases: [Case]) -> String {
    var failures = 0
    var errors = 0
    var skipped = 0
    for entry in cases {
      switch entry.outcome {
      case .failure: failures += 1
      case .error: errors += 1
      case .skipped: skipped += 1
      case .passed: break
      }
    }
    let seconds = Figures.fixed(cases.reduce(0) { $0 + $1.seconds }, places: 3)
    return "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
      + " skipped=\"\(skipped)\" time=\"\(seconds)\""
  }

  private func element(_ entry: Case) -> String {
    var xml = "    <testcase name=\"\(Self.escaped(entry.name))\""
    xml += " classname=\"\(Self.escaped(entry.className))\""
    xml += " time=\"\(Figures.fixed(entry.seconds, places: 3))\">\n"
    if !entry.properties.isEmpty {
      xml += "      <properties>\n"
      for (name, value) in entry.properties {
        xml +=
          "        <property name=\"\(Self.escaped(name))\" value=\"\(Self.escaped(value))\"/>\n"
      }
      xml += "      </properties>\n"
    }
    switch entry.outcome {
    case .passed: break
    case .failure(let type, let message):
      xml += "      <failure type=\"\(type)\" message=\"\(Self.escaped(message))\"/>\n"
    case .error(let message):
      xml += "      <error type=\"error\" message=\"\(Self.escaped(message))\"/>\n"
    case .skipped(let reason): xml += "      <skipped message=\"\(Self.escaped(reason))\"/>\n"
    }
    if !entry.output.isEmpty {
      xml += "      <system-out>\(Self.escaped(entry.output))</system-out>\n"
    }
    return xml + "    </testcase>\n"
  }

  /// Text for XML 1.0, which has no way to write most control characters.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n": out += "&#10;"
      case "\t": out += "&#9;"
      case "\u{0}"..<"\u{20}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
