// SPDX-License-Identifier: Apache-2.0
//
// The parts of the certificate's page below the table: findings with their evidence, waivers, reasons,
// facts, and every section with what passed folded away.

import RunRecord

extension CertificateHTML {
  // MARK: Findings

  /// One finding with its evidence and the part of the transcript that shows it.
  func finding(_ finding: Certificate.Finding, isOpen: Bool) -> String {
    let check = finding.check
    var content = HTML.facts(evidence(of: finding))
    content += transcript(of: check)
    let severity = check.severity.map {
      "<span class=\"chip s-\(HTML.escaped($0))\">\(HTML.escaped($0))</span> "
    }
    let places = finding.places.isEmpty ? "" : " · " + finding.places.joined(separator: ", ")
    return "<details\(isOpen ? " open" : "")><summary>"
      + "<span class=\"v \(HTML.escaped(check.standing))\">\(HTML.escaped(check.standing))</span>"
      + "\(check.standing == "fail" ? severity ?? "" : "")\(HTML.escaped(check.title))"
      + "<span class=\"sub\">\(HTML.escaped(places))</span></summary>\(content)</details>\n"
  }

  private func evidence(of finding: Certificate.Finding) -> [(label: String, text: String)] {
    let check = finding.check
    var facts: [(label: String, text: String)] = certificate.rules(of: check).map { ("rule", $0) }
    if let waiver = check.waiver { facts.append(("waived", waiver)) }
    if let expected = certificate.expected(of: check) { facts.append(("expected", expected)) }
    if let actual = certificate.actual(of: check) { facts.append(("actual", actual)) }
    if let reason = check.reason { facts.append(("where", reason)) }
    facts.append(("check", check.id))
    return facts
  }

  func transcript(of check: CheckRecord) -> String {
    guard !check.transcriptLines.isEmpty else { return "" }
    let marks = TranscriptMarks(
      check.transcriptLines, verdict: check.verdict, actual: check.actual)
    let shown = marks.excerpt()
    var lines: [String] = []
    if shown.lowerBound > 0 { lines.append("… \(Figures.count(shown.lowerBound)) lines before") }
    for place in shown {
      let line = HTML.escaped(marks.lines[place])
      lines.append(marks.marked.contains(place) ? "<mark>\(line)</mark>" : line)
    }
    let rest = marks.lines.count - shown.upperBound
    if rest > 0 { lines.append("… \(Figures.count(rest)) lines behind") }
    let link = check.transcript.map {
      "<p class=\"sub\">whole: <a href=\"\(HTML.escaped($0))\">\(HTML.escaped($0))</a></p>"
    }
    return "<pre>\(lines.joined(separator: "\n"))</pre>\(link ?? "")"
  }

  // MARK: Waivers

  var waivers: String {
    let list = certificate.facts.waivers
    guard !list.isEmpty else { return "" }
    let stale = certificate.staleWaivers
    var content = ""
    if !stale.isEmpty {
      let items = stale.map {
        "<li>\(HTML.escaped($0.check)): <b>stale waiver</b>, \(HTML.escaped($0.place)): "
          + "\(HTML.escaped($0.reason))</li>"
      }
      content += "<p>These no longer apply and are to be taken out:</p><ul>\(items.joined())</ul>"
    }
    content += certificate.findings(["waived"]).map { finding($0, isOpen: false) }.joined()
    let unused = list.filter { $0.state == .unused }
    if !unused.isEmpty {
      let ids = unused.map(\.check).joined(separator: ", ")
      content += note("Not asked for in this run: \(ids)")
    }
    return HTML.section("Waivers", content)
  }

  // MARK: Not judged

  var unjudged: String {
    let groups = certificate.unjudged
    guard !groups.isEmpty || !certificate.facts.shutOut.isEmpty else { return "" }
    let shutOut = certificate.facts.shutOut.map { "<p><b>\(HTML.escaped($0))</b></p>" }
    let items = groups.map { reason, ids in
      let list = ids.map { "<li>\(HTML.escaped($0))</li>" }
      return "<details><summary><span class=\"count\">\(Figures.count(ids.count))</span>"
        + "\(HTML.escaped(reason))</summary><ul class=\"ids\">\(list.joined())</ul></details>"
    }
    return HTML.section(
      "What could not be judged, and why",
      shutOut.joined() + note("Checks at one or more gates, by reason.")
        + items.joined(separator: "\n"))
  }

  // MARK: Facts

  var facts: String {
    var content = ""
    let gates = certificate.facts.gates
    if !gates.isEmpty {
      content += "<h3>At each gate</h3>"
      content += gates.map(gate).joined()
    }
    if let tls = gates.lazy.compactMap(\.tls).first ?? record.target.tls {
      content += "<h3>Certificate</h3>" + HTML.facts(certificateFacts(of: tls))
    }
    let measured = certificate.measurements
    if !measured.isEmpty {
      content += "<h3>Measured on the way</h3>"
      content += HTML.table(
        ["check", "where", "what", "value"],
        measured.map { [$0.title, $0.place, $0.name, $0.value] }, textColumns: [0, 1, 2])
    }
    let infos = certificate.findings(["info"]).filter {
      $0.check.actual != nil && !$0.check.id.hasPrefix("door/")
    }
    if !infos.isEmpty {
      content += "<h3>Choices that a rule leaves open</h3>"
      content += HTML.table(
        ["check", "where", "what was seen"],
        infos.map {
          [$0.check.title, $0.places.joined(separator: ", "), $0.check.actual ?? ""]
        }, textColumns: [0, 1, 2])
    }
    return content.isEmpty ? "" : HTML.section("Facts", content)
  }

  private func gate(_ gate: GateRecord) -> String {
    var rows: [(label: String, text: String)] = [("mail", gate.obstacle ?? "taken")]
    if let greeting = gate.greeting { rows.append(("greeting", greeting)) }
    if !gate.capabilities.isEmpty {
      rows.append(("EHLO offers", gate.capabilities.joined(separator: ", ")))
    }
    if let tls = gate.tls {
      let words = ["TLS \(tls.version)", tls.cipher, tls.group].compactMap(\.self)
      rows.append(("TLS", words.joined(separator: ", ")))
    }
    if !gate.timings.isEmpty {
      rows.append(
        ("answers after", gate.timings.map { "\($0.name) \($0.text)" }.joined(separator: ", ")))
    }
    return "<div class=\"gate\"><h4>\(HTML.escaped("\(gate.role), \(gate.gate)"))</h4>"
      + "\(HTML.facts(rows))</div>"
  }

  private func certificateFacts(of tls: TLSRecord) -> [(label: String, text: String)] {
    var rows: [(label: String, text: String)] = [("verification", tls.verification)]
    if let subject = tls.subject { rows.append(("subject", subject)) }
    if let issuer = tls.issuer { rows.append(("issuer", issuer)) }
    if !tls.names.isEmpty { rows.append(("names", tls.names.joined(separator: ", "))) }
    if let from = tls.notBefore, let to = tls.notAfter {
      rows.append(("valid", "\(from) to \(to)"))
    }
    return rows
  }

  // MARK: Sections

  /// Every section of every RFC; what passed is folded, the rest is above.
  var chapters: String {
    certificate.chapters.map { chapter in
      let sections = chapter.sections.map(section).joined(separator: "\n")
      return "<h3>\(HTML.escaped(chapter.title))</h3>\(sections)"
    }.joined(separator: "\n")
  }

  private func section(_ section: Certificate.Section) -> String {
    let counts = Certificate.Counts(section.checks)
    let words = Certificate.Counts.words.filter { counts[$0] > 0 }.map {
      "<span class=\"c-\($0)\">\(Figures.count(counts[$0])) \($0)</span>"
    }
    let name = [section.place.section, section.place.topic].filter { !$0.isEmpty }
    var order: [String] = []
    var lines: [String: [CheckRecord]] = [:]
    for check in section.checks {
      if lines[check.id] == nil { order.append(check.id) }
      lines[check.id, default: []].append(check)
    }
    let items = order.map { id -> String in
      let checks = lines[id] ?? []
      let verdicts = checks.map { check -> String in
        let place = certificate.place(of: check)
        let word = HTML.escaped(check.standing)
        return "<span class=\"c-\(word)\">\(word)</span>"
          + (place.isEmpty ? "" : " <span class=\"sub\">\(HTML.escaped(place))</span>")
      }
      return "<li>\(HTML.escaped(checks[0].title)) — \(verdicts.joined(separator: ", "))</li>"
    }
    return "<details class=\"part\"><summary><b>\(HTML.escaped(name.joined(separator: " ")))</b> "
      + "\(words.joined(separator: " · "))</summary><ul class=\"ids\">\(items.joined())</ul></details>"
  }
}
