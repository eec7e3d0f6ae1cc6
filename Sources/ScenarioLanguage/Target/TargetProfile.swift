// SPDX-License-Identifier: Apache-2.0
//
// All that is known of a target before anything is sent: where it is, what it is, how far probes
// may go, and the names and addresses to use with it.

/// One target.
package struct TargetProfile: Sendable {
  /// For reports and folder names.
  package var name: String
  package var endpoint: Endpoint
  package var role: Role
  /// The only family of addresses to connect to; nil: either.
  package var family: Family?
  package var tls: TLSPolicy
  package var credentials: Credentials?
  package var addresses: Addresses
  /// The name to say in EHLO.
  package var client: String
  /// Local addresses to connect from, in turn where a scenario names none.
  package var sources: [String]
  package var timeouts: Timeouts
  /// How far probes may go.
  package var level: AbuseLevel
  /// Whether the operator consented to load and L2 probes; loopback needs no consent.
  package var isAuthorised: Bool
  /// How long the target may hold a message before it tries again.
  package var retryWindow: Duration
  /// Where the target delivers what it accepts for `foreign`.
  package var sink: SinkAddress?
  /// The file with the failures that its operator lives with.
  package var waivers: String?

  package init(name: String? = nil, endpoint: Endpoint, role: Role) {
    self.name = name ?? endpoint.description
    self.endpoint = endpoint
    self.role = role
    tls = TLSPolicy.standard(for: role, endpoint: endpoint)
    addresses = Addresses()
    client = Self.defaultClient
    sources = []
    timeouts = Timeouts()
    level = .odd
    isAuthorised = false
    retryWindow = Self.defaultRetryWindow
  }

  /// A name below the reserved top-level domain `test` (RFC 6761 section 6.2).
  package static let defaultClient = "relaymark.test"
  /// RFC 5321 section 4.5.4.1: a retry comes after 30 minutes at least; some slack for the second.
  package static let defaultRetryWindow = Duration.seconds(35 * 60)

  /// A family of internet addresses.
  package enum Family: String, Sendable { case ipv4 = "IPv4", ipv6 = "IPv6" }

  /// Where the target listens.
  package enum Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// A name or an address without brackets, and a port.
    case tcp(host: String, port: Int)
    case unix(path: String)

    package var description: String {
      switch self {
      case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      case .unix(let path): path
      }
    }
  }

  /// The host's name or address; `localhost` for a unix socket.
  package var host: String {
    switch endpoint {
    case .tcp(let host, _): host
    case .unix: "localhost"
    }
  }

  /// The port; 0 for a unix socket.
  package var port: Int {
    switch endpoint {
    case .tcp(_, let port): port
    case .unix: 0
    }
  }

  /// Whether the target is on this machine, as far as its address alone can tell.
  package var isLoopback: Bool {
    guard case .tcp(let host, _) = endpoint else { return true }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    let isLoopbackNet =
      octets.count == 4 && octets[0] == "127"
      && octets.allSatisfy {
        Quantity.wholeNumber($0).map { $0 <= 255 } ?? false
      }
    return isLoopbackNet || ["localhost", "::1"].contains(host.lowercased())
  }

  /// Login data.
  package struct Credentials: Sendable, Equatable {
    package var username: String
    package var password: Secret?
    /// For XOAUTH2 and OAUTHBEARER.
    package var token: Secret?
    package var authorizationIdentity: String
    /// The mechanism to use; nil: the best that both sides have.
    package var mechanism: String?

    /// The part of that name; nil where the profile has none.
    subscript(name: CredentialName) -> String? {
      switch name {
      case .username: username
      case .password: password?.revealed
      case .token: token?.revealed
      }
    }

    package init(
      username: String, password: Secret? = nil, token: Secret? = nil,
      authorizationIdentity: String = "", mechanism: String? = nil
    ) {
      self.username = username
      self.password = password
      self.token = token
      self.authorizationIdentity = authorizationIdentity
      self.mechanism = mechanism
    }
  }

  /// The addresses that scenarios use by name.
  package struct Addresses: Sendable, Equatable {
    private var values: [AddressName: String]

    /// A sender and a recipient below `relaymark.test`, as the embedded relay has them.
    package init() {
      values = [.sender: "sender@relaymark.test", .recipient: "user1@relaymark.test"]
    }

    /// The address; nil where the profile has none.
    ///
    /// The domain is the recipient's by default.
    package subscript(name: AddressName) -> String? {
      get {
        if let value = values[name] { return value }
        guard name == .domain, let recipient = values[.recipient],
          let mark = recipient.lastIndex(of: "@")
        else { return nil }
        return String(recipient[recipient.index(after: mark)...])
      }
      set { values[name] = newValue }
    }
  }

  /// An SMTP listener of ours that stands in for other people's.
  package struct SinkAddress: Sendable, Equatable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }
}

extension TargetProfile {
  /// Gives the sink an address where the profile names none: a submission server takes mail for
  /// other people's domains, every other one mail for its own.
  mutating func completeSink() {
    guard sink != nil, addresses[.sink] == nil else { return }
    let isSubmission = role == .submission || role == .submissions
    addresses[.sink] = isSubmission ? addresses[.foreign] : addresses[.recipient]
  }

  /// Lets the target deliver to a listener of ours.
  ///
  /// - Parameter window: How long it may hold a message before it tries again.
  package mutating func connect(sink address: SinkAddress, window: Duration) {
    sink = address
    retryWindow = window
    completeSink()
  }

  /// The profile of the embedded relay's listener at a port of the loopback address.
  ///
  /// - Parameter authority: The certificate that signed the relay's own, as PEM.
  package static func embedded(
    port: Int, role: Role = .relay, authority: [UInt8]
  ) -> TargetProfile {
    var profile = TargetProfile(
      name: "embedded-\(role.rawValue)", endpoint: .tcp(host: "127.0.0.1", port: port), role: role)
    profile.tls.trust = .pem(authority)
    profile.tls.serverName = "relay.relaymark.test"
    profile.credentials = Credentials(
      username: "tester", password: Secret("secret"), token: Secret("token-of-tester"))
    profile.addresses[.second] = "user2@relaymark.test"
    profile.addresses[.unknown] = "nobody-here@relaymark.test"
    profile.addresses[.foreign] = "someone@foreign.example"
    profile.isAuthorised = true
    return profile
  }
}
