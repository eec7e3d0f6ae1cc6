// SPDX-License-Identifier: Apache-2.0
//
// Compiles steps into instructions.

import JSONText
import MailContent
import SMTPWire

/// Compiles the steps of one session.
struct StepCompiler {
  let target: TargetProfile
  let values: KnownValues

  /// What a step becomes: one instruction, or two for a connect that reads the greeting.
  func instructions(_ step: Step) -> [Instruction] {
    if case .connect(let source) = step.kind { return connect(step, source) }
    if case .handshake(let offer) = step.kind { return handshake(step, offer) }
    let (action, phase, label) = action(step)
    return [
      Instruction(
        action: action, expectation: step.expect ?? customary(step.kind), within: within(step),
        phase: phase, captures: step.captures, position: step.position, label: label,
        measure: step.measure)
    ]
  }

  /// What a step that carries a whole exchange expects where the script does not say.
  private func customary(_ kind: Step.Kind) -> Expectation {
    let pattern: Pattern? =
      switch kind {
      case .ehlo: .code(250)
      case .startTLS: .secured
      case .auth: .code(235)
      default: nil
      }
    guard let pattern else { return .nothing }
    return Expectation(rules: [Expectation.Rule(pattern: pattern, outcome: .verdict(.pass))])
  }

  /// The connection and the greeting are two instructions: `refused` and `secured` are said of the
  /// first, everything else of the second.
  private func connect(_ step: Step, _ source: ScriptText?) -> [Instruction] {
    let greeted = Expectation.Rule(pattern: .code(220), outcome: .verdict(.pass))
    let expect = step.expect ?? Expectation(rules: [greeted])
    let isOfConnection = { (rule: Expectation.Rule) in
      rule.pattern == .refused || rule.pattern == .secured
    }
    var ofGreeting = expect
    ofGreeting.rules.removeAll(where: isOfConnection)
    var ofConnection = Expectation(rules: expect.rules.filter(isOfConnection))
    // What was agreed in the handshake is said of the connection, all else of the greeting.
    ofConnection.conditions = expect.conditions.filter(\.isOfTLS)
    ofConnection.otherwise = expect.otherwise
    ofGreeting.conditions.removeAll(where: \.isOfTLS)
    if !ofConnection.rules.isEmpty || !ofConnection.conditions.isEmpty, !ofGreeting.rules.isEmpty,
      !ofConnection.rules.contains(where: { $0.pattern == .secured })
    {
      // Where a greeting is waited for, implicit TLS that comes about is no answer yet.
      ofConnection.rules.append(Expectation.Rule(pattern: .secured, outcome: .next))
    }
    let connection = Instruction(
      action: .connect(source: source.map(values.fixed)),
      expectation: ofConnection, within: within(step),
      phase: .connect, position: step.position, label: "connect")
    if ofGreeting.rules.isEmpty { return [connection] }
    return [
      connection,
      Instruction(
        action: .await, expectation: ofGreeting, within: within(step), phase: .greeting,
        captures: step.captures, position: step.position, label: "greeting",
        measure: step.measure),
    ]
  }

  /// A connection of its own up to the handshake, and behind implicit TLS the greeting.
  ///
  /// What leads to the handshake is the harness's: where it fails, the script has seen nothing.
  private func handshake(_ step: Step, _ offer: TLSOffer) -> [Instruction] {
    let preparation = Preparation(target: target, hello: values.hello)
    let isImplicit = target.tls.mode == .implicit
    let handshake = Instruction(
      action: isImplicit ? .connect(source: nil, offer: offer) : .startTLS(.offering(offer)),
      expectation: step.expect ?? .nothing, within: within(step), phase: .tls,
      position: step.position, label: "TLS handshake", measure: step.measure)
    return isImplicit
      ? [handshake, preparation.greeting]
      : preparation.reach(.hello, from: nil) + [
        preparation.require(["STARTTLS"]), preparation.askForTLS, handshake,
      ]
  }

  func within(_ step: Step) -> TimeLimit? {
    switch step.within {
    case .fixed(let duration)?: .fixed(duration)
    case .median(let times, let atLeast)?: .median(times: times, atLeast: atLeast)
    case .retryWindow?: .fixed(target.retryWindow)
    case nil: nil
    }
  }

  private func action(_ step: Step) -> (Action, Phase, label: String) {
    switch step.kind {
    case .connect, .handshake, .read: return (.await, .other, "expect")
    case .ehlo(let client): return ehlo(client)
    case .send(let text):
      let template = values.template(text, ending: [0x0D, 0x0A])
      return (.send(template), Phase(command: template.opening), label(template, isLine: true))
    case .write(let text, let shape):
      let template = values.template(text, isLine: false)
      return (
        .write(template, self.shape(shape)), Phase(command: template.opening), label(template)
      )
    case .pipeline(let commands, let cut):
      let members = commands.map(member)
      let names = members.map(\.label).joined(separator: ", ")
      return (.group(members, cut: cut), .other, "pipeline: \(names)")
    case .message(let content, let shape):
      return (.message(spec(content), self.shape(shape)), .body, "message")
    case .bdat(let request): return bdat(request)
    case .startTLS(let handshakeOnly):
      return handshakeOnly
        ? (.startTLS(.handshakeOnly), .tls, "TLS handshake")
        : (.startTLS(.full), .starttls, "STARTTLS")
    case .auth(let request): return auth(request)
    case .wait(let duration): return (.wait(duration), .other, "wait \(Quantity.text(duration))")
    case .close(let manner): return (.close(manner), .other, "close \(manner.rawValue)")
    // They become errands.
    case .deliver, .arrive: return (.await, .other, "")
    }
  }

  private func ehlo(_ client: ScriptText?) -> (Action, Phase, label: String) {
    var text = ScriptText(values.helloVerb + " ")
    text.pieces += client?.pieces ?? [.reference(.client)]
    text.position = client?.position ?? .none
    let template = values.template(text, ending: [0x0D, 0x0A])
    return (.send(template), .ehlo, label(template, isLine: true))
  }

  private func member(_ command: PipelinedCommand) -> GroupMember {
    let template = values.template(
      command.text, ending: command.isExact ? [] : [0x0D, 0x0A], isLine: !command.isExact)
    return GroupMember(
      command: template, expectation: command.expect, phase: Phase(command: template.opening),
      captures: command.captures, position: command.position,
      label: label(template, isLine: !command.isExact))
  }

  private func bdat(_ request: BDATRequest) -> (Action, Phase, label: String) {
    let content: BDATContent =
      switch request.content {
      case .message(let content): .message(spec(content))
      case .octets(let text): .octets(values.template(text, isLine: false))
      }
    return (
      .bdat(
        content, chunks: request.chunks, last: request.last, pipelined: request.pipelined),
      .bdat, request.last ? "BDAT LAST" : "BDAT"
    )
  }

  /// What the script says comes first, the profile's credentials fill the rest.
  private func auth(_ request: AuthRequest) -> (Action, Phase, label: String) {
    var plan = target.credentials.map { AuthPlan($0) } ?? AuthPlan()
    plan.mechanism = request.mechanism ?? plan.mechanism
    plan.initialResponse = request.initialResponse
    plan.alteration = request.alteration
    plan.username = request.username.map(values.fixed) ?? plan.username
    plan.password = request.password.map(values.fixed) ?? plan.password
    plan.token = request.token.map(values.fixed) ?? plan.token
    plan.authorizationIdentity =
      request.authorizationIdentity.map(values.fixed) ?? plan.authorizationIdentity
    return (.auth(plan), .auth, plan.mechanism.map { "AUTH \($0)" } ?? "AUTH")
  }

  private func shape(_ shape: ScriptShape) -> WriteShape {
    WriteShape(
      cut: shape.cut, pace: shape.pace, limit: shape.limit,
      then: shape.then.map { following in
        WriteShape.FollowingWrite(
          after: following.after, write: values.template(following.write, isLine: false))
      }, isOnlyWhenAsked: shape.isOnlyWhenAsked)
  }

  func spec(_ content: MessageContent) -> MessageSpec {
    var spec = content.spec
    spec.headers = content.headers.map { header in
      HeaderField(name: header.name, value: values.fixed(header.value))
    }
    spec.octets = content.octets.map { values.fixedOctets($0, isLine: false) }
    return spec
  }

  // MARK: - Labels

  /// Exact octets are cut to this many in evidence; commands are shown whole, up to the length that
  /// every server takes (RFC 5321 section 4.5.3.1.4).
  private static let shownOctets = 60
  private static let shownLine = 512

  func label(_ template: Template, isLine: Bool = false) -> String {
    var text = ""
    for piece in template.pieces {
      switch piece {
      case .octets(let octets): text += WireText.escaped(octets.prefix(Self.shownLine))
      case .secret: text += "***"
      case .variable(let variable): text += "${\(variable.name)}"
      }
    }
    if isLine, text.hasSuffix("\\r\\n") { text.removeLast(4) }
    let limit = isLine ? Self.shownLine : Self.shownOctets
    return text.count > limit ? text.prefix(limit) + "…" : text
  }
}

extension Template {
  /// The octets before the first hole.
  var opening: [UInt8] {
    guard case .octets(let octets)? = pieces.first else { return [] }
    return octets
  }
}

extension Variable {
  /// The name between `${` and `}`.
  package var name: String {
    switch self {
    case .session: "session"
    case .message: "message"
    case .messageSize: "message.size"
    case .random(let count): "random:\(count)"
    case .feed(let column): "feed.\(column)"
    case .captured(let name): name
    case .recipient: "recipient"
    }
  }
}

extension Phase {
  /// The phase of a command by its verb; `other` where it has none that is timed by itself.
  package init(command: some Collection<UInt8>) {
    let verb = command.prefix(9).prefix { octet in
      octet != 0x20 && octet != 0x0D && octet != 0x0A
    }
    self =
      switch String(decoding: verb, as: UTF8.self).uppercased() {
      case "EHLO", "HELO", "LHLO": .ehlo
      case "STARTTLS": .starttls
      case "AUTH": .auth
      case "MAIL": .mail
      case "RCPT": .rcpt
      case "DATA": .data
      case "BDAT": .bdat
      case "RSET": .rset
      case "QUIT": .quit
      default: .other
      }
  }
}

extension Expectation.Condition {
  /// Whether it speaks of a handshake, and not of a reply.
  fileprivate var isOfTLS: Bool {
    if case .tls = self { true } else { false }
  }
}
