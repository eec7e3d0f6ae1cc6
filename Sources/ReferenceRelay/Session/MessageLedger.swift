// SPDX-License-Identifier: Apache-2.0
//
// Which marked messages have come already, to count those that come twice.

import MailContent
import Synchronization

/// Remembers marked messages by run, session and number.
final class MessageLedger: Sendable {
  /// Messages that are remembered, 16 octets or so each; all are forgotten when there are more.
  private static let limit = 4_000_000

  private let seen = Mutex<Set<Int>>([])

  /// Notes a message; true where it has come before.
  func hasSeen(_ reading: IntegrityReading) -> Bool {
    guard let run = reading.run, let session = reading.session, let number = reading.message else {
      return false
    }
    var hasher = Hasher()
    hasher.combine(run)
    hasher.combine(session)
    hasher.combine(number)
    let key = hasher.finalize()
    return seen.withLock { seen in
      if seen.count >= Self.limit { seen.removeAll() }
      return !seen.insert(key).inserted
    }
  }
}
