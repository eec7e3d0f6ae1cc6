// SPDX-License-Identifier: Apache-2.0
//
// The lines that final delivery puts on top of a message: Return-Path, Delivered-To and Received
// (RFC 5321 section 4.4, RFC 9228), and the date in them.

import Glibc

enum TraceFields {
  /// The message as one recipient finds it: trace fields, then the content.
  ///
  /// Only this recipient is named (RFC 5321 section 7.2), an earlier Return-Path goes (4.4), and
  /// nothing else is touched, but that a last line without its CRLF gets one.
  static func delivered(_ message: RelayMessage, to recipient: String) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(message.content.count + 512)
    octets += "Return-Path: <\(message.sender)>\r\nDelivered-To: \(recipient)\r\n".utf8
    octets += received(message, for: recipient).utf8
    appendContent(message.content, to: &octets)
    return octets
  }

  /// The message as the next hop gets it: `Received` before the content, and nothing else is touched
  /// (RFC 5321 sections 4.4 and 6.4).
  ///
  /// A recipient is named only where it is the only one (RFC 5321 section 7.2).
  static func forwarded(_ message: RelayMessage) -> RelayCopy {
    let only = message.recipients.count == 1 ? message.recipients.first : nil
    return RelayCopy(
      sender: message.sender, recipients: message.recipients,
      trace: Array(received(message, for: only).utf8), content: message.content,
      isInternationalized: message.isInternationalized)
  }

  /// The `Received` field, folded, with its CRLF.
  static func received(_ message: RelayMessage, for recipient: String?) -> String {
    let trace = message.trace
    var field = "Received: from \(trace.clientName)"
    if let address = trace.clientAddress {
      field += " ([\(address.contains(":") ? "IPv6:" : "")\(address)])"
    }
    field += "\r\n\tby \(trace.hostName) (Relaymark) with \(trace.transmission)"
    if let cipher = trace.cipher { field += " tls \(cipher)" }
    field += "\r\n\tid \(message.id)"
    if let recipient { field += " for <\(recipient)>" }
    field += "; \(date(trace.time))\r\n"
    return field
  }

  /// The date-time of RFC 5322 section 3.3, in UTC.
  static func date(_ seconds: Int) -> String {
    var clock = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&clock, &parts) != nil else { return "Thu, 01 Jan 1970 00:00:00 +0000" }
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
    let hour = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    return "\(day) \(1900 + Int(parts.tm_year)) \(hour) +0000"
  }

  private static func two(_ number: Int32) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// The content without Return-Path fields in its header section.
  private static func appendContent(_ content: [UInt8], to octets: inout [UInt8]) {
    let name = Array("return-path:".utf8)
    var place = 0
    var dropping = false
    while place < content.count {
      let end = lineEnd(content, from: place)
      let line = content[place..<end]
      let isFolded = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
      if !isFolded {
        dropping =
          line.count >= name.count
          && zip(line, name).allSatisfy { ($0 | 0x20) == $1 || $0 == $1 }
      }
      if line.elementsEqual([13, 10]) { break }
      if !dropping { octets += line }
      place = end
    }
    octets += content[place...]
    if !content.isEmpty, content.last != UInt8(ascii: "\n") { octets += [13, 10] }
  }

  private static func lineEnd(_ content: [UInt8], from place: Int) -> Int {
    content[place...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? content.count
  }
}
