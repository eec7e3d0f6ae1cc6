// SPDX-License-Identifier: Apache-2.0
//
// The harness's own instructions: reaching a start state as the profile asks, testing for
// extensions, and saying goodbye.

import JSONText

/// Makes the instructions around a script.
struct Preparation {
  let target: TargetProfile
  /// The hello command with its CRLF.
  let hello: [UInt8]

  /// The instructions from nothing to a start state.
  ///
  /// - Parameter source: The local address to connect from.
  func reach(_ start: StartState, from source: String?) -> [Instruction] {
    var instructions = [harness(.connect(source: source), phase: .connect, label: "connect")]
    if start >= .greeted {
      instructions.append(
        harness(.await, expecting: .codeClass(2), phase: .greeting, label: "greeting"))
    }
    if start >= .hello {
      instructions.append(
        harness(
          .send(Template(octets: hello)), expecting: .code(250), phase: .ehlo,
          label: String(decoding: hello.dropLast(2), as: UTF8.self)))
    }
    if start >= .secure, let mode = startTLS {
      instructions.append(
        harness(.startTLS(mode), expecting: .secured, phase: .starttls, label: "STARTTLS"))
    }
    if start >= .ready, let plan = login {
      instructions.append(
        harness(.auth(plan), expecting: .code(235), phase: .auth, label: "AUTH"))
    }
    return instructions
  }

  func require(_ extensions: [String]) -> Instruction {
    harness(
      .requireExtensions(extensions), phase: .other,
      label: "needs \(extensions.joined(separator: ", "))")
  }

  /// The instructions with STARTTLS made a condition instead of a demand.
  func requiringSTARTTLS(_ instructions: [Instruction]) -> [Instruction] {
    instructions.flatMap { instruction in
      if case .startTLS = instruction.action {
        [require(["STARTTLS"]), instruction]
      } else {
        [instruction]
      }
    }
  }

  /// STARTTLS, up to the handshake.
  var askForTLS: Instruction {
    harness(
      .send(Template(octets: Array("STARTTLS\r\n".utf8))), expecting: .code(220),
      phase: .starttls, label: "STARTTLS")
  }

  /// The greeting behind a handshake that the script judges.
  var greeting: Instruction {
    harness(.greeting, expecting: .codeClass(2), phase: .greeting, label: "greeting")
  }

  var quit: Instruction {
    harness(
      .send(Template(octets: Array("QUIT\r\n".utf8))), expecting: .codeClass(2), phase: .quit,
      label: "QUIT")
  }

  private var startTLS: StartTLSMode? {
    switch target.tls.mode {
    case .none, .implicit: nil
    case .opportunistic: .ifOffered
    case .starttls: .full
    }
  }

  /// Submission wants a login where there are credentials (RFC 6409 section 4.3).
  ///
  /// Relays and LMTP servers are met as strangers meet them; a script that wants more says `auth`.
  private var login: AuthPlan? {
    guard target.role == .submission || target.role == .submissions else { return nil }
    return target.credentials.map { AuthPlan($0) }
  }

  private func harness(
    _ action: Action, expecting pattern: Pattern? = nil, phase: Phase, label: String
  ) -> Instruction {
    let rules = pattern.map { [Expectation.Rule(pattern: $0, outcome: .verdict(.pass))] } ?? []
    return Instruction(
      action: action, expectation: Expectation(rules: rules), phase: phase, position: .none,
      label: label, origin: .harness)
  }
}

extension AuthPlan {
  /// A login with what a profile has.
  init(_ credentials: TargetProfile.Credentials) {
    self.init(
      mechanism: credentials.mechanism, username: credentials.username,
      password: credentials.password?.revealed ?? "",
      authorizationIdentity: credentials.authorizationIdentity,
      token: credentials.token?.revealed ?? "")
  }
}
