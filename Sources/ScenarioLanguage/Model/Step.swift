// SPDX-License-Identifier: Apache-2.0
//
// One step of a dialogue as read from a scenario: names still stand in its texts.

package import JSONText
package import MailContent
package import SASLExchange

/// What a dialogue does next.
package struct Step: Sendable {
  package var kind: Kind
  /// What must come back; nil: nothing is awaited, or what a step of this kind expects by itself.
  package var expect: Expectation?
  package var within: WaitLimit?
  package var captures: [Capture]
  /// The name under which the step's duration is reported.
  package var measure: String?
  package var position: SourcePosition

  package init(
    kind: Kind, expect: Expectation? = nil, within: WaitLimit? = nil, captures: [Capture] = [],
    measure: String? = nil, position: SourcePosition = .none
  ) {
    self.kind = kind
    self.expect = expect
    self.within = within
    self.captures = captures
    self.measure = measure
    self.position = position
  }

  package enum Kind: Sendable {
    /// A connection, up to the greeting.
    case connect(source: ScriptText?)
    /// EHLO, or LHLO for LMTP, with our name or another.
    case ehlo(client: ScriptText?)
    case send(ScriptText)
    case write(ScriptText, ScriptShape)
    case read
    case pipeline([PipelinedCommand], cut: Cut)
    case message(MessageContent, ScriptShape)
    case bdat(BDATRequest)
    case startTLS(handshakeOnly: Bool)
    /// A connection of its own up to the TLS handshake, with STARTTLS where the profile begins in
    /// clear text.
    case handshake(TLSOffer)
    case auth(AuthRequest)
    case wait(Duration)
    case close(CloseManner)
    case deliver(from: ScriptText, to: ScriptText, messages: Int, MessageContent)
    case arrive(ArrivalRequest)
  }

  /// The command line that the step opens with, as far as it is known before the run.
  var command: [UInt8] {
    switch kind {
    case .send(let text), .write(let text, _): text.opening
    case .ehlo: Array("EHLO".utf8)
    default: []
    }
  }
}

/// The limit of a wait, as written.
package enum WaitLimit: Sendable, Equatable {
  case fixed(Duration)
  /// A multiple of the median reply time, but not less than a minimum.
  case median(times: Int, atLeast: Duration)
  /// As long as the target may take to retry a message: `${profile.retry-window}`.
  case retryWindow
}

/// How exact octets go out, as written.
package struct ScriptShape: Sendable, Equatable {
  package var cut: Cut
  package var pace: WriteShape.Pace?
  package var limit: Duration?
  package var then: Following?
  /// Whether a message is sent only where DATA was answered 354.
  package var isOnlyWhenAsked: Bool

  package init(
    cut: Cut = .whole, pace: WriteShape.Pace? = nil, limit: Duration? = nil,
    then: Following? = nil, isOnlyWhenAsked: Bool = false
  ) {
    self.cut = cut
    self.pace = pace
    self.limit = limit
    self.then = then
    self.isOnlyWhenAsked = isOnlyWhenAsked
  }

  /// A second write.
  package struct Following: Sendable, Equatable {
    package var after: Duration
    package var write: ScriptText
  }
}

/// A member of a pipelined group.
package struct PipelinedCommand: Sendable {
  package var text: ScriptText
  /// Whether the octets go out as they are; else CRLF is added.
  package var isExact: Bool
  package var expect: Expectation
  package var captures: [Capture]
  package var position: SourcePosition
}

/// The content of a message, with what is filled in later.
package struct MessageContent: Sendable {
  package var spec: MessageSpec
  package var headers: [(name: String, value: ScriptText)]
  /// The exact content, in place of a generated one.
  package var octets: ScriptText?

  package init(
    spec: MessageSpec = MessageSpec(), headers: [(name: String, value: ScriptText)] = [],
    octets: ScriptText? = nil
  ) {
    self.spec = spec
    self.headers = headers
    self.octets = octets
  }
}

/// Chunks to send.
package struct BDATRequest: Sendable {
  package var content: Content
  package var chunks: [Int]
  package var last: Bool
  package var pipelined: Bool

  package enum Content: Sendable {
    case message(MessageContent)
    case octets(ScriptText)
  }
}

/// What has to come to the sink, as written.
package struct ArrivalRequest: Sendable {
  package var messages: Int
  package var each: ArrivalRule
  package var content: ContentRule
  /// The reverse-path with which each has to come; nil: any.
  package var from: ScriptText?
  /// The recipient for whom each has to come; nil: any.
  package var to: ScriptText?
  package var header: [HeaderCondition]
  /// The verdict where something else came.
  package var otherwise: Verdict
}

/// A login to try; what is absent comes from the profile.
package struct AuthRequest: Sendable {
  /// A SASL mechanism; nil: the best that both sides have.
  package var mechanism: String?
  package var initialResponse: Bool?
  package var username: ScriptText?
  package var password: ScriptText?
  package var authorizationIdentity: ScriptText?
  package var token: ScriptText?
  /// What a SCRAM exchange gets wrong on purpose.
  package var alteration: ScramAlteration?

  package init(mechanism: String? = nil) { self.mechanism = mechanism }

  /// Whether the profile's credentials are needed to complete it.
  var needsCredentials: Bool {
    switch mechanism {
    case "XOAUTH2", "OAUTHBEARER": username == nil || token == nil
    case "EXTERNAL": false
    default: username == nil || password == nil
    }
  }
}
