// SPDX-License-Identifier: Apache-2.0
//
// Reads what several kinds of steps share: limits, captures, shapes of writes, message content.

import JSONText
import MailContent

extension ScriptReader {
  // MARK: - Limits and captures

  /// `3s`, `3x median, at least 3s`, or `${profile.retry-window}`.
  func within(_ value: JSONValue?) -> WaitLimit? {
    guard let value else { return nil }
    if value.string == "${profile.retry-window}" { return .retryWindow }
    guard let text = value.string, text.contains("median") else {
      return diagnosis.duration(value, "within", .milliseconds(1)...Limits.wait).map { .fixed($0) }
    }
    let parts = text.split(separator: "x median, at least ", maxSplits: 1)
    if parts.count == 2, let times = Quantity.wholeNumber(parts[0]), (1...100).contains(times),
      let atLeast = Quantity.duration(String(parts[1])), atLeast <= Limits.wait
    {
      return .median(times: times, atLeast: atLeast)
    }
    return diagnosis.mismatch(
      value, "within", "a duration such as \"3s\", or \"3x median, at least 3s\"")
  }

  /// A name of one's own: lower case letters, digits and hyphens, a letter first.
  func name(_ value: JSONValue?, _ what: String) -> String? {
    guard let value, let text = diagnosis.string(value, what) else { return nil }
    return name(text, at: value.position, what)
  }

  func name(_ text: String, at position: SourcePosition, _ what: String) -> String? {
    let octets = text.utf8
    let isLetter = { (octet: UInt8) in (0x61...0x7A).contains(octet) }
    if let first = octets.first, isLetter(first), octets.count <= 64,
      octets.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    {
      return text
    }
    diagnosis.note(
      position,
      "\"\(Escaped.text(text))\" is no name for \"\(what)\"; names have lower case letters, digits and hyphens"
    )
    return nil
  }

  /// A name that a text can refer to and that means nothing else.
  func ownVariable(_ member: JSONValue.Member, _ what: String) -> String? {
    guard let name = name(member.key, at: member.keyPosition, what) else { return nil }
    guard !Self.plainNames.contains(where: { $0.name == name }), name != "index" else {
      diagnosis.note(
        member.keyPosition, "\"${\(name)}\" means something already; take another name")
      return nil
    }
    return name
  }

  func captures(_ value: JSONValue?) -> [Capture] {
    diagnosis.entries(value, "capture").compactMap { member in
      let source = captureSource(member.value)
      guard let name = ownVariable(member, "capture"), let source else { return nil }
      return Capture(name: name, source: source)
    }
  }

  private func captureSource(_ value: JSONValue) -> Capture.Source? {
    let words: [(word: String, source: Capture.Source)] = [
      ("code", .code), ("text", .text), ("enhanced", .enhancedCode),
    ]
    if let text = value.string {
      if let known = words.first(where: { $0.word == text }) { return known.source }
      diagnosis.noteUnknown("capture", text, at: value.position, among: words.map(\.word))
      return nil
    }
    guard let fields = Fields(value, Vocabulary.captureSource, diagnosis) else { return nil }
    fields.allowOne(of: Vocabulary.captureSource.keys)
    if let keyword = fields["capability"] {
      return diagnosis.words(keyword, "capability").map { .capability($0.uppercased()) }
    }
    guard let between = fields.required("between") else { return nil }
    let marks = diagnosis.list(between, "between") { diagnosis.string($0, "between") }
    guard marks.count == 2 else {
      diagnosis.note(between.position, "\"between\" is a list of two texts")
      return nil
    }
    return .between(marks[0], marks[1])
  }

  // MARK: - Shapes of writes

  func shape(_ fields: Fields) -> ScriptShape {
    var shape = ScriptShape(cut: cut(fields["cut"]))
    guard let value = fields["pace"], let pace = Fields(value, Vocabulary.pace, diagnosis) else {
      return shape
    }
    let octets = diagnosis.size(pace.required("octets"), "octets", 1...1 << 20)
    let every = diagnosis.duration(
      pace.required("every"), "every", .milliseconds(1)...Limits.stepTime)
    if let octets, let every { shape.pace = WriteShape.Pace(octets: octets, every: every) }
    shape.limit = diagnosis.duration(
      pace["duration"], "duration", .milliseconds(1)...Limits.stepTime)
    return shape
  }

  /// `every-octet`, `inside-line-ends`, or a list of ascending octet counts.
  func cut(_ value: JSONValue?) -> Cut {
    guard let value else { return .whole }
    if let text = value.string {
      if text == "every-octet" { return .everyOctet }
      if text == "inside-line-ends" { return .insideLineEnds }
      diagnosis.noteUnknown(
        "cut", text, at: value.position, among: ["every-octet", "inside-line-ends"])
      return .whole
    }
    let counts = diagnosis.list(value, "cut") { diagnosis.size($0, "cut", 1...Limits.filling) }
    if zip(counts, counts.dropFirst()).contains(where: { $0 >= $1 }) {
      diagnosis.note(value.position, "\"cut\" lists octet counts in ascending order")
    }
    return counts.isEmpty ? .whole : .after(counts)
  }

  // MARK: - Content

  func message(_ value: JSONValue) -> MessageContent? {
    guard let fields = Fields(value, Vocabulary.message, diagnosis) else { return nil }
    fields.allowOne(of: ["size", "eml", "write"])
    var content = MessageContent()
    if let size = fields["size"] {
      content.spec.size = sizes(size) ?? content.spec.size
    }
    content.spec.lines = lines(fields["lines"]) ?? .standard
    content.spec.eightBit = diagnosis.bool(fields["8bitmime"], "8bitmime") ?? false
    content.spec.smtputf8 = diagnosis.bool(fields["smtputf8"], "smtputf8") ?? false
    content.spec.mark = diagnosis.bool(fields["mark"], "mark") ?? true
    content.spec.eml = path(fields["eml"], "eml")
    content.spec.emlKeepsLineEnds =
      diagnosis.word(fields["line-ends"], "line-ends", LineEnds.self) == .kept
    content.octets = text(fields["write"], "write", .fixedOctets)
    content.headers = diagnosis.entries(fields["headers"], "headers").compactMap(header)
    return content
  }

  /// What becomes of the line ends of a message file.
  enum LineEnds: String, CaseIterable {
    case crlf
    case kept
  }

  /// A header field; CR or LF in it would make another one of it.
  private func header(_ member: JSONValue.Member) -> (name: String, value: ScriptText)? {
    // RFC 5322 section 3.6.8: any printable ASCII but the colon.
    let isName =
      !member.key.isEmpty
      && member.key.utf8.allSatisfy {
        (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":")
      }
    guard isName else {
      diagnosis.note(
        member.keyPosition, "\"\(Escaped.text(member.key))\" is no name of a header field")
      return nil
    }
    return text(member.value, member.key, .fixed).map { (member.key, $0) }
  }

  /// A line length, or the name of a shape.
  private func lines(_ value: JSONValue?) -> LineShape? {
    guard let value else { return nil }
    if let text = value.string {
      let words: [(word: String, shape: LineShape)] = [("empty", .crlfOnly), ("dots", .dots)]
      if let known = words.first(where: { $0.word == text }) { return known.shape }
      diagnosis.noteUnknown("shape of lines", text, at: value.position, among: words.map(\.word))
      return nil
    }
    return diagnosis.integer(value, "lines", 1...Limits.filling).map { .text(length: $0) }
  }

  /// `4096`, `"4KiB"`, `"1KiB..64KiB"`, or an object with weights.
  func sizes(_ value: JSONValue) -> SizeDistribution? {
    let range = 0...MessageSpec.largestSize
    if let text = value.string, let sizes = Quantity.sizes(text) {
      guard sizes.upperBound <= range.upperBound else {
        diagnosis.note(value.position, "\"size\" is at most \(range.upperBound) octets")
        return nil
      }
      return .uniform(sizes.lowerBound, sizes.upperBound)
    }
    guard value.members != nil else {
      return diagnosis.size(value, "size", range).map { .fixed($0) }
    }
    guard let fields = Fields(value, Vocabulary.weightedSize, diagnosis) else { return nil }
    let weighted = diagnosis.entries(fields.required("weighted"), "weighted").compactMap { member in
      let key = JSONValue(.string(member.key), position: member.keyPosition)
      let size = diagnosis.size(key, "weighted", range)
      let weight = diagnosis.integer(member.value, member.key, 1...1_000_000)
      return size.flatMap { size in
        weight.map { SizeDistribution.Weighted(size: size, weight: $0) }
      }
    }
    if weighted.isEmpty, fields["weighted"]?.members?.isEmpty == true {
      diagnosis.note(fields.position, "\"weighted\" needs at least one size with its weight")
    }
    return weighted.isEmpty ? nil : .weighted(weighted)
  }

  func bdat(_ value: JSONValue) -> Step.Kind? {
    guard let fields = Fields(value, Vocabulary.bdat, diagnosis) else { return nil }
    fields.allowOne(of: ["message", "write"])
    let chunks = diagnosis.list(fields["chunks"], "chunks") {
      diagnosis.size($0, "chunks", 0...MessageSpec.largestSize)
    }
    if !chunks.isEmpty, chunks.allSatisfy({ $0 == 0 }) {
      diagnosis.note(
        fields.place(of: "chunks"), "\"chunks\" needs a size above 0, else nothing is ever sent")
    }
    let content: BDATRequest.Content?
    if let octets = fields["write"] {
      content = text(octets, "write", .octets).map { .octets($0) }
    } else {
      content = fields.required("message").flatMap(message).map { .message($0) }
    }
    guard let content else { return nil }
    return .bdat(
      BDATRequest(
        content: content, chunks: chunks, last: diagnosis.bool(fields["last"], "last") ?? true,
        pipelined: diagnosis.bool(fields["pipelined"], "pipelined") ?? false))
  }
}
