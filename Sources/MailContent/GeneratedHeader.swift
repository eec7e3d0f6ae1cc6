// SPDX-License-Identifier: Apache-2.0
//
// The header of generated messages, from complete down to nothing where a message is too small
// for more.

import Glibc

/// Writes headers that fit.
///
/// Where a message is too small for everything, fields go in this order: those of MIME, Subject,
/// To, the mark, Message-ID, Date, From, then the script's own, then the empty line.
struct GeneratedHeader: Sendable {
  /// What is left out together, in the order in which it is kept.
  private enum Group: Int, CaseIterable {
    case emptyLine
    case scripted
    case from
    case date
    case messageID
    case mark
    case to
    case subject
    case mime
  }

  private let spec: MessageSpec
  private let run: String
  private let sender: String
  private let recipient: String
  private let date: String

  /// - Parameter time: Seconds since 1970 for Date.
  init(spec: MessageSpec, run: String, sender: String, recipient: String, time: Int) {
    self.spec = spec
    self.run = run
    self.sender = sender
    self.recipient = recipient
    date = Self.dateTime(time)
  }

  /// The most complete header with which a message of so many octets can be made.
  ///
  /// A body of one octet cannot be a line, so the header leaves none or at least two.
  func template(forSize size: Int) -> (header: HeaderTemplate, isMarked: Bool) {
    for last in Group.allCases.reversed() {
      let header = template(upTo: last)
      let rest = size - header.octets.count
      if rest == 0 || rest > 1 {
        return (header, spec.mark && last.rawValue >= Group.mark.rawValue)
      }
    }
    return (HeaderTemplate(), false)
  }

  private func template(upTo last: Group) -> HeaderTemplate {
    var header = HeaderTemplate()
    func has(_ group: Group) -> Bool { group.rawValue <= last.rawValue }
    func appendUsual(_ name: String, _ value: [HeaderTemplate.Piece]) {
      let isReplaced = spec.headers.contains { $0.name.lowercased() == name.lowercased() }
      if !isReplaced { header.append(name, value) }
    }

    if has(.mark), spec.mark { IntegrityMark.append(to: &header, run: run) }
    if has(.date) { appendUsual("Date", [.text(date)]) }
    if has(.from) {
      let name = spec.smtputf8 ? "Relaymark Prüfstand" : "Relaymark"
      appendUsual("From", [.text("\(name) <\(sender)>")])
    }
    if has(.to) { appendUsual("To", [.text("<\(recipient)>")]) }
    if has(.subject) {
      let subject = spec.smtputf8 ? "Relaymark \(run): 試験 δοκιμή проверка" : "Relaymark \(run)"
      appendUsual("Subject", [.text(subject)])
    }
    if has(.messageID) {
      let domain = sender.split(separator: "@").last.map(String.init) ?? "relaymark.invalid"
      appendUsual(
        "Message-ID",
        [
          .text("<\(run)."), .hole(.session), .text("."), .hole(.message), .text("@\(domain)>"),
        ])
    }
    if has(.mime) {
      appendUsual("MIME-Version", [.text("1.0")])
      let charset = spec.eightBit ? "utf-8" : "us-ascii"
      appendUsual("Content-Type", [.text("text/plain; charset=\(charset)")])
      appendUsual("Content-Transfer-Encoding", [.text(transferEncoding)])
    }
    if has(.scripted) {
      for field in spec.headers { header.append(field.name, [.text(field.value)]) }
    }
    header.appendEnd()
    return header
  }

  /// What the body is (RFC 2045, section 6.2): beyond 998 octets a line is neither 7bit nor 8bit.
  private var transferEncoding: String {
    if case .text(let length) = spec.lines, length > 998 { return "binary" }
    return spec.eightBit ? "8bit" : "7bit"
  }

  /// A date-time as RFC 5322, section 3.3, has it, in UTC.
  static func dateTime(_ time: Int) -> String {
    var seconds = time_t(time)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let day = "\(days[Int(parts.tm_wday)]), \(twoDigits(parts.tm_mday))"
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
    return "\(day) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) \(clock) +0000"
  }
}
