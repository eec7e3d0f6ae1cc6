// SPDX-License-Identifier: Apache-2.0
//
// A target profile made ready for any number of sessions: addresses resolved once, TLS contexts
// made once, times and secrets in the shape that the engine wants.

package import DialogueEngine
package import MailContent
package import NIOCore
import NIOPosix
import SASLExchange
package import ScenarioLanguage
import Synchronization
import TLSEngine

/// What all sessions of a run against one target share.
package final class SessionSettings: Sendable {
  package let profile: TargetProfile
  /// Where to connect, in the order in which to try.
  package let addresses: [SocketAddress]
  /// Where to connect from, in turn; empty: the system's choice.
  package let sources: [SocketAddress]
  package let dialogue: DialogueSettings
  private let turn = Atomic<Int>(0)
  /// Made by the first session that needs it where the profile does without TLS: reading the
  /// system's authorities takes longer than thousands of commands.
  private let context: Mutex<TLSClientContext?>
  /// Made by the first session that needs one, for every offer of a script's own.
  private let offers = Mutex<[TLSOffer: TLSClientContext]>([:])
  private let resumption: ResumptionPlan

  private init(
    profile: TargetProfile, addresses: [SocketAddress], sources: [SocketAddress],
    context: TLSClientContext?, dialogue: DialogueSettings
  ) {
    self.profile = profile
    self.addresses = addresses
    self.sources = sources
    self.context = Mutex(context)
    self.dialogue = dialogue
    resumption = ResumptionPlan(profile.tls.resumption, seed: dialogue.seed)
  }

  /// Resolves and prepares; asks the system's resolver on a thread of its own.
  ///
  /// - Parameters:
  ///   - mode: whether sessions keep evidence or repeat.
  ///   - run: identifies the run in messages.
  ///   - seed: of everything random.
  ///   - feed: the rows that `${feed.…}` draws from.
  ///   - settling: the engine's short waits, where the mode's own do not fit.
  package static func make(
    for profile: TargetProfile, mode: DialogueSettings.Mode, run: String, seed: UInt64,
    feed: Feed? = nil, settling: SettlingTimes? = nil
  ) async throws -> SessionSettings {
    let addresses = try fitting(try await resolve(profile.endpoint), profile)
    var sources: [SocketAddress] = []
    for source in profile.sources { sources.append(try SourceAddress.parse(source)) }
    var context: TLSClientContext?
    do throws(TLSError) {
      if profile.tls.mode != .none {
        context = try TLSClientContext(try TLSClientSettings(profile))
      }
    } catch {
      throw TransportError(.tls, error.description)
    }
    let dialogue = DialogueSettings(
      mode: mode, implicitTLS: profile.tls.mode == .implicit, limits: profile.timeouts,
      settling: settling, host: profile.host, port: profile.port,
      serverName: profile.tls.serverName ?? profile.host,
      digests: SASLDigests.openSSL.rememberingKeys(), run: run, seed: seed,
      secrets: profile.secrets, feed: feed)
    return SessionSettings(
      profile: profile, addresses: addresses, sources: sources, context: context, dialogue: dialogue
    )
  }

  /// Makes a program ready to run; generating its messages may take some tenths of a second.
  package func prepare(_ program: SessionProgram) throws -> PreparedProgram {
    try PreparedProgram(program, settings: dialogue) { try factory(of: $0, run: dialogue.run) }
  }

  /// What makes messages of a kind.
  ///
  /// - Parameter run: the name of the run in their marks.
  package func factory(
    of spec: MessageSpec, run: String
  ) throws(TransportError) -> MessageFactory {
    // The null sender is for the envelope; a header needs an author.
    let named = profile.addresses[.sender] ?? ""
    let sender = named.isEmpty ? "sender@relaymark.test" : named
    let recipient = profile.addresses[.recipient] ?? "user1@relaymark.test"
    do throws(ContentError) {
      return try MessageFactory(
        spec: spec, seed: dialogue.seed, run: run, sender: sender, recipient: recipient
      ) { DigestOfOpenSSL() }
    } catch {
      throw TransportError(.content, error.description)
    }
  }

  /// The handler of the next TLS connection to the target; decides whether it resumes a session.
  ///
  /// - Parameter offer: What the script offers in place of the profile; nil: what the profile says.
  func tlsHandler(offering offer: TLSOffer?) throws(TLSError) -> TLSHandler {
    let context = try tls(offering: offer)
    let peer = "\(profile.host):\(profile.port)"
    return TLSHandler(
      client: context, peer: peer,
      resumes: resumption.resumes(isPossible: context.canResume(peer)))
  }

  /// What all TLS connections to the target share.
  func tls() throws(TLSError) -> TLSClientContext {
    try context.withLock { known throws(TLSError) in
      if let known { return known }
      let made = try TLSClientContext(try TLSClientSettings(profile))
      known = made
      return made
    }
  }

  /// What all TLS connections share that offer the same; nil: what the profile says.
  ///
  /// - Throws: `TLSError.Code.settings` where this OpenSSL has nothing to offer of the kind.
  func tls(offering offer: TLSOffer?) throws(TLSError) -> TLSClientContext {
    guard let offer else { return try tls() }
    return try offers.withLock { known throws(TLSError) in
      if let made = known[offer] { return made }
      var settings = try TLSClientSettings(profile)
      settings.apply(offer)
      let made = try TLSClientContext(settings)
      known[offer] = made
      return made
    }
  }

  /// The local address of the next connection to an address.
  ///
  /// - Parameter wanted: what the script names; nil: the profile's, in turn.
  /// - Returns: nil for the system's choice.
  func source(
    for address: SocketAddress, wanted: String?
  ) throws(TransportError) -> SocketAddress? {
    if case .unixDomainSocket = address { return nil }
    if let wanted {
      let source = try SourceAddress.parse(wanted)
      guard source.protocol == address.protocol else {
        throw TransportError(
          .source, "source address \(wanted) is not of the family of \(address.shown)")
      }
      return source
    }
    guard !sources.isEmpty else { return nil }
    let fitting = sources.filter { $0.protocol == address.protocol }
    guard !fitting.isEmpty else {
      throw TransportError(.source, "no source address is of the family of \(address.shown)")
    }
    let place = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return fitting[place % fitting.count]
  }

  /// The addresses of the family that the profile asks for.
  private static func fitting(
    _ addresses: [SocketAddress], _ profile: TargetProfile
  ) throws(TransportError) -> [SocketAddress] {
    guard let family = profile.family else { return addresses }
    let fitting = addresses.filter { address in
      switch address {
      case .v4: family == .ipv4
      case .v6: family == .ipv6
      case .unixDomainSocket: false
      }
    }
    guard !fitting.isEmpty else {
      throw TransportError(.unresolved, "\(profile.name) has no \(family.rawValue) address")
    }
    return fitting
  }

  private static func resolve(
    _ endpoint: TargetProfile.Endpoint
  ) async throws -> [SocketAddress] {
    switch endpoint {
    case .unix(let path):
      guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
        throw TransportError(.unresolved, "\(path) is too long for the path of a unix socket")
      }
      return [address]
    case .tcp(let host, let port):
      if let address = try? SocketAddress(ipAddress: host, port: port) { return [address] }
      return try await NIOThreadPool.singleton.runIfActive {
        try HostName.addresses(of: host, port: port)
      }
    }
  }
}

extension TargetProfile {
  /// Everything that no transcript may show.
  var secrets: [[UInt8]] {
    let plain = [credentials?.password?.revealed, credentials?.token?.revealed].compactMap { $0 }
      .filter { !$0.isEmpty }.map { Array($0.utf8) }
    return plain + plain.map { Base64.encode($0) }
  }
}

extension TLSClientSettings {
  /// The profile's policy in words of OpenSSL.
  init(_ profile: TargetProfile) throws(TLSError) {
    let policy = profile.tls
    let name = policy.serverName ?? profile.host
    self.init(
      minimum: policy.minimum.flatMap { TLSVersion(rawValue: $0.rawValue) },
      maximum: policy.maximum.flatMap { TLSVersion(rawValue: $0.rawValue) },
      ciphers: policy.ciphers, serverName: name, verifyName: name)
    resumption = policy.resumption != .off
    trust =
      switch policy.trust {
      case .system: .system
      case .file(let path): .authorities(path)
      case .pem(let octets): .pem(octets)
      case .unverified: .unverified
      }
    if let identity = policy.identity {
      self.identity = try TLSIdentity(chainFile: identity.certificate, keyFile: identity.key)
    }
  }
}

extension SASLDigests {
  /// The digests of OpenSSL.
  static let openSSL = SASLDigests(
    hash: { kind, octets in Digests.hash(DigestKind(kind), octets) },
    hmac: { kind, key, octets in Digests.hmac(DigestKind(kind), key: key, octets) },
    pbkdf2: { kind, password, salt, iterations in
      Digests.pbkdf2(DigestKind(kind), password: password, salt: salt, iterations: iterations)
    },
    random: { count in Digests.random(count) })
}

extension DigestKind {
  fileprivate init(_ kind: SASLHash) {
    self =
      switch kind {
      case .md5: .md5
      case .sha1: .sha1
      case .sha256: .sha256
      }
  }
}

/// SHA-256 in the shape that message content wants.
private final class DigestOfOpenSSL: RunningDigest {
  private var digest = Sha256()

  func update(_ octets: UnsafeRawBufferPointer) { digest.update(octets) }

  func finish() -> [UInt8] {
    let result = digest.finish()
    digest = Sha256()
    return result
  }
}
