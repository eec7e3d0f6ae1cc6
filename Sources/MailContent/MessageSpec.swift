// SPDX-License-Identifier: Apache-2.0
//
// What a script may ask of a message, as plain values. Where the octets come from is the
// factory's affair.

/// The kind of messages that one step of a script sends.
package struct MessageSpec: Sendable, Equatable {
  /// Octets of the whole message after CRLF normalisation and before dot-stuffing (RFC 1870,
  /// section 3).
  ///
  /// Without effect where `eml` or `octets` give the content.
  package var size: SizeDistribution
  /// How the generated body is cut into lines.
  package var lines: LineShape
  /// Whether generated bodies hold octets above 127 (8BITMIME, RFC 6152): words in UTF-8.
  package var eightBit: Bool
  /// Whether generated header fields hold UTF-8 (SMTPUTF8, RFC 6531 and RFC 6532).
  package var smtputf8: Bool
  /// A message file, or a folder whose `*.eml` files are sent in turn.
  package var eml: String?
  /// Whether message files go out with the line ends they have; else bare LF becomes CRLF.
  package var emlKeepsLineEnds: Bool
  /// The exact content, marks and all line ends as given; nothing is added.
  package var octets: [UInt8]?
  /// Further header fields of generated messages, in order, behind the usual ones.
  ///
  /// A field that
  /// has the name of a usual one takes its place.
  package var headers: [HeaderField]
  /// Whether messages carry the header fields by which a sink finds and proves them.
  package var mark: Bool

  package init(
    size: SizeDistribution = .fixed(1024), lines: LineShape = .standard, eightBit: Bool = false,
    smtputf8: Bool = false, eml: String? = nil, emlKeepsLineEnds: Bool = false,
    octets: [UInt8]? = nil, headers: [HeaderField] = [], mark: Bool = true
  ) {
    self.size = size
    self.lines = lines
    self.eightBit = eightBit
    self.smtputf8 = smtputf8
    self.eml = eml
    self.emlKeepsLineEnds = emlKeepsLineEnds
    self.octets = octets
    self.headers = headers
    self.mark = mark
  }

  /// The largest generated message, in octets.
  package static let largestSize = 64 << 20
}

/// One header field of a message (RFC 5322, section 2.2), without its CRLF.
package struct HeaderField: Sendable, Equatable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// How large messages are, in octets from 0 to `MessageSpec.largestSize`.
package enum SizeDistribution: Sendable, Equatable {
  case fixed(Int)
  /// From the first size to the second, both included: up to 1,024 sizes, evenly spread and each as
  /// likely as another.
  case uniform(Int, Int)
  /// One of several sizes, each as often as its weight in relation to the others says.
  case weighted([Weighted])

  /// A size with its share.
  package struct Weighted: Sendable, Equatable {
    package var size: Int
    /// 1 or more.
    package var weight: Int

    package init(size: Int, weight: Int) {
      self.size = size
      self.weight = weight
    }
  }
}

/// How a generated body is cut into lines.
package enum LineShape: Sendable, Equatable {
  /// Lines of so many octets of text, from 1 to 998 for lines that RFC 5322 allows and more for
  /// others, each followed by CRLF.
  case text(length: Int)
  /// Empty lines and nothing else.
  case crlfOnly
  /// Lines that begin with a dot, a lone dot and two dots among them: each of them is stuffed.
  case dots

  /// Lines of 76 octets, as mail programs write them (RFC 2045, section 6.7).
  package static let standard = LineShape.text(length: 76)
  /// Lines of 998 octets, the longest that RFC 5322, section 2.1.1, allows.
  package static let longest = LineShape.text(length: 998)
}
