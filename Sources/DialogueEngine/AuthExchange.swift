// SPDX-License-Identifier: Apache-2.0
//
// One AUTH step: which mechanism, what goes with the command, what answers a 334. Credentials
// leave it only as the command's initial response or in answer to a 334 (RFC 4954 section 4).

import SASLExchange
import ScenarioLanguage

/// An authentication exchange that is under way.
struct AuthExchange {
  /// Challenges answered before the exchange is given up; no mechanism needs more than 4.
  static let largestRoundCount = 16

  let mechanism: SASLMechanism
  private var client: SASLClient
  private(set) var sentCredentials = false
  private(set) var cancelled: SASLError?
  private var rounds = 0

  /// Chooses the mechanism and prepares its machine.
  /// - Throws: `Refusal` with one line, where there is nothing to begin with.
  init(
    _ plan: AuthPlan, offered: [String], binding: [UInt8]?, settings: DialogueSettings
  ) throws(Refusal) {
    let credentials = SASLCredentials(
      authorizationIdentity: plan.authorizationIdentity, username: plan.username,
      password: plan.password, token: plan.token)
    mechanism = try AuthExchange.choose(
      plan, offered: offered, credentials: credentials, bindsChannel: binding != nil)
    guard let digests = settings.digests else {
      throw Refusal(reason: "no digests were given to authenticate with")
    }
    do throws(SASLError) {
      client = try SASLClient(
        mechanism: mechanism, credentials: credentials,
        binding: binding.map { ChannelBinding(data: $0) }, offered: offered, host: settings.host,
        port: settings.port, digests: digests, alteration: plan.alteration)
    } catch {
      throw Refusal(reason: "\(mechanism.rawValue): \(error)")
    }
  }

  struct Refusal: Error { var reason: String }

  private static func choose(
    _ plan: AuthPlan, offered: [String], credentials: SASLCredentials, bindsChannel: Bool
  ) throws(Refusal) -> SASLMechanism {
    if let name = plan.mechanism {
      guard let mechanism = SASLMechanism(name: name) else {
        throw Refusal(reason: "\(name) is not a mechanism that can be spoken here")
      }
      return mechanism
    }
    if offered.isEmpty { throw Refusal(reason: "the target does not offer AUTH") }
    guard
      let best = SASLMechanism.best(
        offered: offered, having: credentials, channelBinding: bindsChannel)
    else {
      throw Refusal(
        reason: "the credentials fit none of the offered mechanisms: "
          + offered.joined(separator: " "))
    }
    return best
  }

  /// The AUTH command, with the initial response where plan or custom want one and it fits.
  mutating func command(_ plan: AuthPlan) -> [UInt8] {
    var line = Array("AUTH \(mechanism.rawValue)".utf8)
    if plan.initialResponse ?? client.sendsInitialResponse {
      // A look at a copy: a response that does not fit has to be sent after the 334.
      var trial = client
      if let response = trial.initialResponse(),
        plan.initialResponse == true || SASLLine.fits(mechanism, initialResponse: response)
      {
        client = trial
        sentCredentials = true
        line += [0x20] + SASLLine.initialResponse(response)
      }
    }
    return line + [0x0D, 0x0A]
  }

  /// The line that answers a 334.
  mutating func answer(toChallenge text: [UInt8]) -> [UInt8] {
    rounds += 1
    if rounds > AuthExchange.largestRoundCount {
      cancelled = SASLError(.unexpected, "challenges without end")
      return SASLLine.cancel + [0x0D, 0x0A]
    }
    let step = client.respond(toEncoded: text)
    switch step {
    case .response: sentCredentials = true
    case .cancel(let error): cancelled = error
    }
    return step.line + [0x0D, 0x0A]
  }

  /// Why a success cannot be believed; nil where it can.
  func doubt() -> SASLError? {
    do throws(SASLError) {
      try client.finished(success: true)
      return nil
    } catch {
      return error
    }
  }
}
