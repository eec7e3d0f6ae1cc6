// SPDX-License-Identifier: Apache-2.0
//
// Where a check belongs, read off its id: `rfc5321/4.1.1.5-rset/forgets-recipients` is of RFC 5321,
// section 4.1.1.5.

/// The RFC and section of a check.
struct CheckPlace: Equatable {
  /// nil for what belongs to no RFC: invariants, doors.
  var rfc: Int?
  /// `4.1.1.5`; empty where there is none.
  var section: String
  /// What the folder calls it, `rset`.
  var topic: String
  /// The id without its last part.
  var folder: String

  init(id: String) {
    let parts = id.split(separator: "/", omittingEmptySubsequences: false)
    folder = parts.dropLast().joined(separator: "/")
    rfc = parts[0].hasPrefix("rfc") ? Int(parts[0].dropFirst(3)) : nil
    let name = parts.count > 2 ? parts[1] : ""
    let mark = name.firstIndex(of: "-")
    section = rfc == nil ? "" : String(mark.map { name[..<$0] } ?? name)
    topic = rfc == nil ? String(name) : mark.map { String(name[name.index(after: $0)...]) } ?? ""
  }

  /// `RFC 5321`, or what stands for it.
  var chapter: String {
    if let rfc { return "RFC \(rfc)" }
    switch folder {
    case "invariants": return "Every reply"
    case "door": return "At the door"
    case "": return "Others"
    default:
      let first = folder.prefix { $0 != "/" }
      return first.prefix(1).uppercased() + first.dropFirst()
    }
  }

  /// What the RFC is about, in a word or two; nil where nobody has said so yet.
  var subject: String? { rfc.flatMap { Self.subjects[$0] } }

  private static let subjects = [
    1870: "SIZE", 2033: "LMTP", 2034: "enhanced codes", 2195: "CRAM-MD5", 2920: "pipelining",
    3030: "chunking", 3207: "STARTTLS", 3461: "DSN", 3463: "enhanced codes", 4616: "PLAIN",
    4954: "AUTH", 5321: "SMTP", 5802: "SCRAM", 6152: "8BITMIME", 6409: "submission",
    6531: "SMTPUTF8", 7628: "OAUTHBEARER", 7677: "SCRAM-SHA-256", 7817: "certificates",
    8314: "implicit TLS", 8996: "old TLS", 8997: "old TLS", 9266: "tls-exporter",
    9325: "TLS use", 9422: "LIMITS",
  ]

  /// `RFC 5321 section 4.1.1.5`, or the chapter where there is no section.
  var title: String { section.isEmpty ? chapter : "\(chapter) section \(section)" }

  /// By RFC and section as numbers; what is of no RFC comes last.
  static func precedes(_ left: CheckPlace, _ right: CheckPlace) -> Bool {
    let (one, other) = (left.rfc ?? .max, right.rfc ?? .max)
    if one != other { return one < other }
    let numbers = { (place: CheckPlace) in place.section.split(separator: ".").map { Int($0) ?? 0 }
    }
    let (first, second) = (numbers(left), numbers(right))
    for (a, b) in zip(first, second) where a != b { return a < b }
    if first.count != second.count { return first.count < second.count }
    return left.folder < right.folder
  }
}
