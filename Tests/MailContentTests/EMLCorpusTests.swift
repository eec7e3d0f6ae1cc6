// SPDX-License-Identifier: Apache-2.0
//
// Message files go out as they are, apart from line ends and the mark in front.

import MailContent
import Testing

@Suite struct EMLCorpusTests {
  @Test("A file with bare LF goes out in CRLF")
  func normalised() throws {
    try withFolder(["a.eml": Array("A: b\n\n.x\r\nno end".utf8)]) { folder in
      let spec = MessageSpec(eml: folder + "/a.eml", mark: false)
      let message = try factory(spec).message(session: 1, number: 1)
      #expect(text(octets(of: message.rawCursor())) == "A: b\r\n\r\n.x\r\nno end")
      #expect(text(octets(of: message.dataCursor())) == "A: b\r\n\r\n..x\r\nno end\r\n.\r\n")
      #expect(message.size == 18)
      #expect(message.stuffedSize == 24)
    }
  }

  @Test("On request line ends stay, and no mark is made that could not survive")
  func keptLineEnds() throws {
    let content = Array("A: b\n\nx\ny\r\n".utf8)
    try withFolder(["a.eml": content]) { folder in
      let spec = MessageSpec(eml: folder + "/a.eml", emlKeepsLineEnds: true)
      let message = try factory(spec).message(session: 1, number: 1)
      #expect(octets(of: message.rawCursor()) == content)
      #expect(!message.isMarked)
    }
  }

  @Test("A folder's files are sent in turn, in the order of their names, other files left out")
  func folder() throws {
    let files = [
      "b.eml": "B: 2\r\n\r\n", "a.EML": "A: 1\r\n\r\n", "c.txt": "no", "d.eml": "D: 3\r\n\r\n",
    ]
    try withFolder(files.mapValues { Array($0.utf8) }) { folder in
      for path in [folder, folder + "/"] {
        let factory = try factory(MessageSpec(eml: path, mark: false))
        let sent = (1...4).map {
          text(octets(of: factory.message(session: 9, number: $0).rawCursor()))
        }
        #expect(sent == ["A: 1\r\n\r\n", "B: 2\r\n\r\n", "D: 3\r\n\r\n", "A: 1\r\n\r\n"])
      }
    }
  }

  @Test(
    "The mark stands in front of the file's own header and proves the body",
    arguments: [
      "A: b\r\n\r\nbody\r\n", "A: b\n\nbody without end", "A: b\r\n", "A: b\r\n\r\n", "",
      "no header",
      "\r\nbody\r\n", "\r\n", ".dot: x\r\n\r\n.\r\n..\r\n",
    ])
  func marked(content: String) throws {
    try withFolder(["a.eml": Array(content.utf8)]) { folder in
      let message = try factory(MessageSpec(eml: folder + "/a.eml")).message(session: 8, number: 9)
      let whole = octets(of: message.rawCursor())
      #expect(message.isMarked)
      #expect(whole.count == message.size)
      #expect(text(whole).hasPrefix("X-Relaymark-Run: run-1\r\n"))
      #expect(octets(of: message.dataCursor()) == stuffedByTheBook(whole))
      let completed = whole.suffix(2) == [0x0D, 0x0A] ? whole : whole + [0x0D, 0x0A]
      for received in [whole, completed] {
        let reading = reading(of: received)
        #expect(reading.verdict == .intact)
        #expect(reading.session == 8)
        #expect(reading.message == 9)
      }
    }
  }

  @Test("What is missing or empty is an error that names it")
  func missing() throws {
    try withFolder(["x.txt": [1]]) { folder in
      let empty = try #require(throws: ContentError.self) {
        try factory(MessageSpec(eml: folder))
      }
      #expect(empty.description == "\(folder): the folder has no *.eml file")
      let missing = try #require(throws: ContentError.self) {
        try factory(MessageSpec(eml: folder + "/none.eml"))
      }
      #expect(missing.description == "\(folder)/none.eml: No such file or directory")
      let device = try #require(throws: ContentError.self) {
        try factory(MessageSpec(eml: "/dev/zero"))
      }
      #expect(device.description == "/dev/zero: is not a regular file")
    }
  }

  @Test("CRLF stays, bare LF gets its CR, a lone CR is no line end, however the text is cut")
  func lineEnds() {
    let plain = Array("a\nb\r\nc\rd\n\n\r\r\n\r".utf8)
    let expected = Array("a\r\nb\r\nc\rd\r\n\r\n\r\r\n\r".utf8)
    #expect(LineEndNormaliser.normalised(plain) == expected)
    for cut in 0...plain.count {
      var normaliser = LineEndNormaliser()
      var out: [UInt8] = []
      for piece in [plain[..<cut], plain[cut...]] {
        piece.withUnsafeBufferPointer { normaliser.normalise($0, into: &out) }
      }
      #expect(out == expected)
    }
  }
}
