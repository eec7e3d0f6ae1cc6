// SPDX-License-Identifier: Apache-2.0
//
// Why an exchange cannot start, go on or be believed.

/// One reason for which an exchange ends, ours or the peer's.
package struct SASLError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    /// Ours: the mechanism needs a user name, password, token or channel that is not there.
    case missingCredential
    /// Ours: a credential holds what the mechanism cannot carry or SASLprep forbids.
    case unusableCredential
    /// Ours: the digests that were handed in do not work.
    case digestsFailed
    /// The peer's: no base64 in the strict sense of RFC 4954, section 4.
    case badBase64
    /// The peer's: longer than `SASLLine.limit` allows.
    case tooLong
    /// The peer's: not the syntax of the mechanism.
    case malformed
    /// The peer's: a message where the mechanism has none.
    case unexpected
    /// The peer's: an initial response to a mechanism in which the server speaks first.
    case unexpectedInitialResponse
    /// The peer's: a mandatory SCRAM extension (`m=`), which nobody may ignore.
    case unknownExtension
    /// The peer's: a SCRAM nonce that does not continue ours.
    case nonceMismatch
    /// The peer's: no SCRAM iteration count from 1 to `SCRAMKeys.largestIterationCount`.
    case iterationCount
    /// The peer's: the server could not prove that it knows the account.
    case serverNotProven
    /// The peer's: it announced a failure inside the exchange.
    case refusedByServer
    /// The peer's: success was announced before the exchange was complete.
    case incomplete
  }

  package var code: Code
  /// What happened, in one line and without secrets.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
