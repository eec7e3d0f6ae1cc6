// SPDX-License-Identifier: Apache-2.0
//
// How long a client waits in each phase before it calls a target silent.

/// The limits of all waits; the defaults are those of RFC 5321 section 4.5.3.2 where it has any.
package struct Timeouts: Sendable, Equatable {
  package var connect = Duration.seconds(30)
  package var tls = Duration.seconds(30)
  /// Section 4.5.3.2.1.
  package var greeting = Duration.seconds(300)
  package var ehlo = Duration.seconds(300)
  package var auth = Duration.seconds(300)
  /// Section 4.5.3.2.2.
  package var mail = Duration.seconds(300)
  /// Section 4.5.3.2.3.
  package var rcpt = Duration.seconds(300)
  /// Until the 354; section 4.5.3.2.4.
  package var data = Duration.seconds(120)
  /// Until the system takes the next part of a message; section 4.5.3.2.5.
  package var block = Duration.seconds(180)
  /// From the final dot or BDAT to the reply; section 4.5.3.2.6.
  package var body = Duration.seconds(600)
  /// A target that does not say goodbye is not waited for.
  package var quit = Duration.seconds(5)
  /// Any other command.
  package var other = Duration.seconds(300)

  package init() {}

  /// The limit for the reply of a phase.
  package func limit(for phase: Phase) -> Duration {
    switch phase {
    case .connect: connect
    case .tls: tls
    case .greeting: greeting
    case .ehlo, .starttls: ehlo
    case .auth: auth
    case .mail: mail
    case .rcpt: rcpt
    case .data: data
    case .body, .bdat: body
    case .quit: quit
    case .rset, .other, .transaction, .session: other
    }
  }

  /// The names under which profiles set the limits.
  static let keys: [(name: String, path: any WritableKeyPath<Timeouts, Duration> & Sendable)] = [
    ("connect", \.connect), ("tls", \.tls), ("greeting", \.greeting), ("ehlo", \.ehlo),
    ("auth", \.auth), ("mail", \.mail), ("rcpt", \.rcpt), ("data", \.data), ("block", \.block),
    ("body", \.body), ("quit", \.quit), ("other", \.other),
  ]
}
