// SPDX-License-Identifier: Apache-2.0
//
// One message and the cursors that write it: a header with its digits, a window into text that all
// sessions share, and an end. Nothing of the size of the body is ever made for a message.

/// A message to send, as small as a few numbers.
package struct Message: Sendable {
  private let plan: MessagePlan
  private let session: Int
  private let number: Int

  init(plan: MessagePlan, session: Int, number: Int) {
    self.plan = plan
    self.session = session
    self.number = number
  }

  /// Octets after CRLF normalisation and before dot-stuffing: what SIZE declares (RFC 1870) and
  /// what BDAT chunks add up to (RFC 3030).
  package var size: Int { plan.plain.count }

  /// Octets that DATA takes: stuffed, with the last line completed and the final dot and its CRLF.
  package var stuffedSize: Int { plan.stuffed.count }

  /// Whether the message carries an integrity mark; the smallest ones have no room for it.
  package var isMarked: Bool { plan.isMarked }

  /// Writes what follows DATA's 354, up to and with the final dot.
  package func dataCursor() -> MessageCursor {
    MessageCursor(form: plan.stuffed, session: session, number: number)
  }

  /// Writes the content as it is, for BDAT.
  package func rawCursor() -> MessageCursor {
    MessageCursor(form: plan.plain, session: session, number: number)
  }
}

/// A place in a message that is being written.
package struct MessageCursor: Sendable {
  private let form: MessageForm
  private let session: Int
  private let number: Int
  private var position = 0

  init(form: MessageForm, session: Int, number: Int, position: Int = 0) {
    self.form = form
    self.session = session
    self.number = number
    self.position = position
  }

  /// Octets that are still to be written.
  package var remaining: Int { form.count - position }

  /// Appends the next octets, at most so many.
  ///
  /// - Returns: Whether octets are left after these.
  package mutating func write(into out: inout [UInt8], atMost limit: Int) -> Bool {
    forEachPiece(atMost: limit) { out.append(contentsOf: $0) }
  }

  /// Hands out the next octets in pieces, at most so many in all.
  ///
  /// The pieces are only valid within the call. Apart from the header they are the shared text
  /// itself.
  ///
  /// - Returns: Whether octets are left after these.
  @inline(__always)
  package mutating func forEachPiece(
    atMost limit: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) -> Bool {
    let end = position + min(max(limit, 0), remaining)
    if position < min(end, form.header.octets.count) { visitHeader(upTo: end, body) }
    let textStart = form.header.octets.count
    form.text.withUnsafeBufferPointer { text in
      while position < min(end, form.textEnd) {
        let start = (position - textStart) % text.count
        let count = min(text.count - start, min(end, form.textEnd) - position)
        body(UnsafeBufferPointer(rebasing: text[start..<start + count]))
        position += count
      }
    }
    if position < end {
      form.tail.withUnsafeBufferPointer { tail in
        body(UnsafeBufferPointer(rebasing: tail[position - form.textEnd..<end - form.textEnd]))
      }
      position = end
    }
    return position < form.count
  }

  private mutating func visitHeader(upTo end: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let header = form.header
    let range = position..<min(end, header.octets.count)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: header.octets.count) { copy in
      _ = copy.update(fromContentsOf: header.octets)
      for hole in header.holes {
        let value = hole.kind == .session ? session : number
        let place = UnsafeMutableBufferPointer(rebasing: copy[hole.offset...].prefix(hole.width))
        writeDigits(of: value, into: place)
      }
      body(UnsafeBufferPointer(rebasing: copy[range]))
    }
    position = range.upperBound
  }

  /// Decimal digits with leading zeros, as many as there is room for.
  private func writeDigits(of value: Int, into place: UnsafeMutableBufferPointer<UInt8>) {
    var rest = UInt(value)
    for index in place.indices.reversed() {
      place[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}

/// Everything that messages of one size, or from one file, have in common.
final class MessagePlan: Sendable {
  let plain: MessageForm
  let stuffed: MessageForm
  let isMarked: Bool

  init(plain: MessageForm, stuffed: MessageForm, isMarked: Bool) {
    self.plain = plain
    self.stuffed = stuffed
    self.isMarked = isMarked
  }
}

/// The octets of a message in one form, plain or stuffed: header, then text, then tail.
final class MessageForm: Sendable {
  let header: HeaderTemplate
  /// Shared; repeated from its beginning for as long as the window is.
  let text: [UInt8]
  /// Where in the message the window on the text ends and the tail begins.
  let textEnd: Int
  let tail: [UInt8]

  init(header: HeaderTemplate, text: [UInt8], windowLength: Int, tail: [UInt8]) {
    precondition(windowLength == 0 || !text.isEmpty, "a window needs something to show")
    self.header = header
    self.text = text
    textEnd = header.octets.count + windowLength
    self.tail = tail
  }

  /// Octets in all.
  var count: Int { textEnd + tail.count }
}
