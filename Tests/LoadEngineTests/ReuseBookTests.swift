// SPDX-License-Identifier: Apache-2.0
//
// What the messages of one connection say of its limit, however the target ends it.

import DialogueEngine
import RunRecord
import ScenarioLanguage
import Testing

@testable import LoadEngine

struct ReuseBookTests {
  private func result(
    _ outcome: TransactionResult.Outcome, code: UInt16 = 250, stage: Phase = .transaction,
    position: Int, reason: String? = nil, open: Bool = true
  ) -> TransactionResult {
    TransactionResult(
      outcome: outcome, number: position, started: Instant(nanoseconds: 0),
      ended: Instant(nanoseconds: 1), code: code, stage: stage, position: position,
      reason: reason, connectionIsOpen: open)
  }

  /// A book behind so many accepted messages, waiting for the result of the next one.
  private func book(accepted: Int, bound: Int = 100) -> ReuseBook {
    var book = ReuseBook(bound: bound)
    #expect(book.begin() == .further(1))
    for position in 1...accepted {
      #expect(book.note(result(.accepted, position: position)) == .further(position + 1))
    }
    return book
  }

  @Test("421 to a command ends the search, with stage and words")
  func announced() {
    var book = book(accepted: 5)
    let next = book.note(
      result(.throttled, code: 421, stage: .mail, position: 6, reason: "421 enough", open: false))
    #expect(next == .enough)
    #expect(
      book.limit
        == ConnectionLimit(
          accepted: 5, ending: .announced, stage: "mail", reply: "421 enough", bound: 100))
    #expect(book.limit.perConnection == 5)
  }

  @Test("421 between two messages is one too")
  func announcedWhileIdle() {
    var book = book(accepted: 3)
    book.note(end: .local, notice: "421 4.3.2 bye")
    #expect(book.note(result(.accepted, position: 1)) == .enough)
    #expect(book.limit.ending == .announced && book.limit.accepted == 3)
    #expect(book.limit.stage == nil && book.limit.reply == "421 4.3.2 bye")
  }

  @Test(
    "The end of the connection without a word is told by its kind",
    arguments: [
      (ConnectionEnd.fin, ConnectionLimit.Ending.closed), (.reset, .reset),
      (.truncated, .truncated), (.failed(errno: 110, "timed out"), .closed),
    ])
  func silentClose(_ end: ConnectionEnd, _ ending: ConnectionLimit.Ending) {
    var during = book(accepted: 4)
    during.note(end: end, notice: nil)
    let lost = result(.lost, code: 0, stage: .mail, position: 5, open: false)
    #expect(during.note(lost) == .enough)
    #expect(during.limit.ending == ending && during.limit.accepted == 4)
    #expect(during.limit.stage == "mail")
    var between = book(accepted: 4)
    between.note(end: end, notice: nil)
    #expect(between.note(result(.accepted, position: 1)) == .enough)
    #expect(between.limit.ending == ending && between.limit.stage == nil)
    #expect(between.limit.accepted == 4)
  }

  @Test("No answer is no close")
  func silence() {
    var book = book(accepted: 2)
    book.note(end: .local, notice: nil)
    let lost = result(
      .lost, code: 0, stage: .data, position: 3, reason: "no reply within 5 s", open: false)
    #expect(book.note(lost) == .enough)
    #expect(book.limit.ending == .silent && book.limit.reply == "no reply within 5 s")
  }

  @Test("Three refusals in a row are a limit if a fresh connection takes the next message")
  func refusing() {
    for (onFresh, ending) in [
      (TransactionResult.Outcome.accepted, ConnectionLimit.Ending.refusing),
      (.deferred, .throttling),
    ] {
      var book = book(accepted: 5)
      for position in 6...8 {
        let next = book.note(
          result(.throttled, code: 452, stage: .mail, position: position, reason: "452 4.5.3 no"))
        #expect(next == (position < 8 ? .further(position + 1) : .fresh(9)))
      }
      book.note(end: .local, notice: nil)
      #expect(book.note(result(onFresh, code: 250, position: 1)) == .enough)
      #expect(book.limit.ending == ending && book.limit.accepted == 5)
      #expect(book.limit.stage == "mail" && book.limit.reply == "452 4.5.3 no")
      #expect(book.limit.perConnection == (ending == .refusing ? 5 : nil))
    }
  }

  @Test("A refusal that stays alone is no limit, one with a close behind it is")
  func singleRefusal() {
    var book = book(accepted: 2)
    let refusal = result(.deferred, code: 451, stage: .rcpt, position: 3, reason: "451 later")
    #expect(book.note(refusal) == .further(4))
    #expect(book.note(result(.accepted, position: 4)) == .further(5))
    #expect(book.note(refusal) == .further(6))
    book.note(end: .fin, notice: nil)
    #expect(book.note(result(.lost, code: 0, stage: .mail, position: 6, open: false)) == .enough)
    #expect(book.limit.ending == .refusing && book.limit.accepted == 3)
    #expect(book.limit.reply == "451 later")
  }

  @Test("Nothing ends it before the bound, or the search is broken off")
  func noLimit() {
    var book = book(accepted: 9, bound: 10)
    #expect(book.note(result(.accepted, position: 10)) == .enough)
    // Our own goodbye is no end of the target's.
    book.note(end: .local, notice: nil)
    #expect(book.limit == ConnectionLimit(accepted: 10, ending: .none, bound: 10))
    #expect(book.limit.perConnection == nil)
    var broken = self.book(accepted: 3)
    broken.breakOff()
    #expect(broken.limit == ConnectionLimit(accepted: 3, ending: .unfinished, bound: 100))
  }

  @Test("A target that takes no further connection has shown its limit")
  func noConnection() {
    var book = book(accepted: 7)
    book.note(end: .reset, notice: nil)
    book.noteNoConnection()
    #expect(book.limit.ending == .reset && book.limit.accepted == 7)
  }
}
