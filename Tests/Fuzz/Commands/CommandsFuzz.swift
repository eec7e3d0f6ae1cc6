// SPDX-License-Identifier: Apache-2.0
//
// The server's line reader, whole against cut, and the grammar of what stands in the lines: what is
// written out is read back as the same.

import FuzzSupport
import SMTPWire

private struct Lines: Equatable {
  var lines: [ReceivedLine] = []

  init(_ pieces: [ArraySlice<UInt8>], limit: Int, lineEnds: LineEnds) {
    var reader = CommandReader(limit: limit, lineEnds: lineEnds)
    for piece in pieces {
      reader.append(Array(piece))
      while let line = reader.nextLine() { lines.append(line) }
      require(reader.unread <= limit, "more kept than the limit")
    }
  }
}

private func check(_ argument: [UInt8], _ isMail: Bool, _ allowsUTF8: Bool) {
  let read = isMail ? EnvelopeArgument.mail : EnvelopeArgument.rcpt
  do {
    let envelope = try read(argument, allowsUTF8)
    let words = [(isMail ? "FROM:" : "TO:") + envelope.path.description]
    let text = (words + envelope.parameters.map(\.description)).joined(separator: " ")
    let again = try read(Array(text.utf8), allowsUTF8)
    // The length is that of the path as it was written.
    var path = again.path
    path.length = envelope.path.length
    require(path == envelope.path, "another path: \(text)")
    require(again.parameters == envelope.parameters, "other parameters: \(text)")
  } catch {
    require((0...argument.count).contains(error.offset), "no place: \(error)")
  }
}

private func check(xtext octets: [UInt8]) {
  guard let decoded = try? XText.decoded(octets) else { return }
  require((try? XText.decoded(XText.encoded(decoded))) == decoded, "xtext does not come back")
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = FuzzInput(start, count)
  let limit = input.choice & 8 == 0 ? 2048 : 30
  let lineEnds = LineEnds(rawValue: UInt8(input.choice >> 4 & 3))
  let lines = same(input) { Lines($0, limit: limit, lineEnds: lineEnds) }.lines
  for case .line(let octets, _) in lines {
    let line = CommandLine(line: octets)
    require(line.hasArgument == !line.argument.isEmpty, "an argument that is none")
    require(line.command == nil || line.command?.rawValue == line.verb, "another verb")
    for allowsUTF8 in [false, true] {
      check(line.argument, line.command == .mail, allowsUTF8)
      _ = try? PathParser.domain(line.argument, allowsUTF8: allowsUTF8)
    }
    if let chunk = try? ChunkArgument(line.argument) { require(chunk.size >= 0, "a negative size") }
    check(xtext: line.argument)
  }
  return 0
}
