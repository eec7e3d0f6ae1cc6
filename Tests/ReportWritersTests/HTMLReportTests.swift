// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import ReportWriters
import RunRecord
import Testing

@Suite struct HTMLReportTests {
  private let page = HTMLReport(of: Samples.full).text

  @Test("Nothing that a peer sent becomes markup")
  func escaped() {
    var record = Samples.full
    record.target.greeting = "220 <script>alert(1)</script> \"quoted\" & \u{7}"
    record.checks[1].transcriptLines = ["<- 550 <img src=x onerror=y>"]
    let text = HTMLReport(of: record).text
    #expect(!text.contains("<script"))
    #expect(!text.contains("<img"))
    #expect(
      text.contains("220 &lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; \u{FFFD}"))
    #expect(
      text.contains("a &lt;third&gt; check".capitalized) || text.contains("A &lt;third&gt; check"))
  }

  @Test("The page is one file: no script, no reference to anything outside")
  func selfContained() {
    #expect(!page.contains("<script"))
    #expect(!page.contains("http://"))
    #expect(!page.contains("https://"))
    #expect(!page.contains(" src="))
    #expect(!page.contains("@import"))
    #expect(!page.contains("url("))
  }

  @Test("Elements are closed in the order in which they were opened")
  func wellFormed() throws {
    let parser = XMLParser(data: Data(xml(of: page).utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError)) line \(parser.lineNumber)")
  }

  @Test("The figures are those of the record")
  func figures() {
    #expect(
      page.contains(
        "<b data-field=\"/load/messages/accepted\">9,990</b><span>messages accepted</span>"))
    #expect(page.contains("<td class=\"n\" data-field=\"/load/messages/lost\">1</td>"))
    #expect(page.contains("data-field=\"/load/stages/rcpt/550\">3</td><td>550 5.1.1 no such user"))
    #expect(page.contains("data-field=\"/load/positions/1/latency/count\">7</td>"))
    #expect(page.contains("Interrupted"))
    #expect(page.contains("The relay ended connections after 50 messages &lt;with&gt; 421."))
    #expect(page.contains("TLS_AES_256_GCM_SHA384"))
  }

  @Test(
    "Of the last second only a part has run: it is drawn as the rate in it, or left out",
    arguments: [(2.5, 50, 3), (2.25, 25, 3), (3, 100, 3), (2.2, 20, 2), (2, 0, 2)])
  func lastSecond(measured: Double, count: Int, points: Int) throws {
    var record = Samples.full
    record.load?.measured = measured
    record.load?.timeline = [100, 100, count].enumerated().map { second, count in
      TimePoint(second: second, started: count, accepted: count, connected: 1)
    }
    let page = HTMLReport(of: record).text
    let figure = try #require(page.split(separator: "data-chart=\"flow\"").last)
    for style in ["c1", "c4"] {
      let path = try #require(figure.firstMatch(of: try Regex("line \(style)\" d=\"M([^\"]*)\"")))
      let places = try #require(path.output[1].substring).split(separator: "L")
      #expect(places.count == points)
      // As many a second as before: the line stays level.
      #expect(Set(places.map { $0.split(separator: " ").last }).count == 1, "\(places)")
    }
  }

  @Test("What a connection costs is the sum of means, since medians do not add up")
  func setupCost() {
    var record = Samples.full
    record.load?.connections.opened = 10
    let latency = LatencyRecord(
      count: 10, min: 1, p50: 1, p90: 1, p99: 1, p999: 1, max: 1, mean: 2_000)
    // STARTTLS says hello twice on each connection.
    var hello = latency
    hello.count = 20
    record.load?.latency = ["connect": latency, "ehlo": hello, "transaction": latency]
    let page = HTMLReport(of: record).text
    #expect(
      page.contains(
        "Setting up a connection took 6.00 ms on average (connect 2.00 ms, ehlo 4.00 ms); "
          + "a message on an open one 2.00 ms."))
  }

  @Test("The command to run it again has the seed, once")
  func again() {
    var record = Samples.least
    record.tool.command = ["relaymark", "run", "it's"]
    #expect(HTMLReport(of: record).text.contains("relaymark run 'it'\\''s' --seed 1</pre>"))
    record.tool.command = ["relaymark", "run", "--seed", "7"]
    #expect(HTMLReport(of: record).text.contains("relaymark run --seed 7</pre>"))
  }

  @Test("A record with as little as there can be gives a page")
  func least() {
    let text = HTMLReport(of: Samples.least).text
    let parser = XMLParser(data: Data(xml(of: text).utf8))
    #expect(parser.parse())
    #expect(text.contains("RSET forgets the recipients"))
  }

  /// HTML's void elements and its doctype, as XML wants them.
  private func xml(of page: String) -> String {
    page.replacingOccurrences(of: "<!DOCTYPE html>", with: "")
      .replacingOccurrences(of: "<meta charset=\"utf-8\">", with: "")
      .replacingOccurrences(
        of: "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">", with: ""
      )
      .replacingOccurrences(of: "<details open>", with: "<details>")
      .replacingOccurrences(of: HTMLReportTests.style(in: page), with: "")
  }

  private static func style(in page: String) -> String {
    guard let start = page.range(of: "<style>"), let end = page.range(of: "</style>") else {
      return "no style sheet"
    }
    return String(page[start.lowerBound..<end.upperBound])
  }

  @Test(
    "Writes the sample page for eyes",
    .enabled(if: ProcessInfo.processInfo.environment["RELAYMARK_SAMPLE_PAGE"] != nil))
  func sample() throws {
    let path = try #require(ProcessInfo.processInfo.environment["RELAYMARK_SAMPLE_PAGE"])
    try page.write(toFile: path, atomically: true, encoding: .utf8)
  }
}
