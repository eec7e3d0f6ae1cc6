// SPDX-License-Identifier: Apache-2.0
//
// Reads a target profile.

package import JSONText

extension TargetProfile {
  /// Whether a text is something before and behind an `@`, and can stand between brackets.
  package static func isAddress(_ text: String) -> Bool {
    let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && !"<>".utf8.contains($0) }
    guard isClean, let mark = text.lastIndex(of: "@") else { return false }
    return mark != text.startIndex && text.index(after: mark) != text.endIndex
  }

  /// Reads a profile file; environment variables that it names have to be set.
  ///
  /// - Throws: Everything that is wrong with it.
  package static func decode(
    file path: String, environment: Environment = ProcessEnvironment.value
  ) throws(ScriptError) -> TargetProfile {
    let value: JSONValue
    do {
      value = try JSONReader.read(file: path)
    } catch {
      throw ScriptError(file: path, position: error.position, error.message)
    }
    return try decode(value, file: path, environment: environment)
  }

  /// Whether a file is meant as a profile: it says where a target is, and has no title as every
  /// scenario has.
  ///
  /// A file that cannot be read is none.
  package static func isProfile(file path: String) -> Bool {
    guard let value = try? JSONReader.read(file: path), value["title"] == nil else { return false }
    return value["host"] != nil || value["socket"] != nil || value["role"] != nil
  }

  /// Reads a profile from a JSON value, as it would stand in `file`.
  package static func decode(
    _ value: JSONValue, file: String, environment: Environment
  ) throws(ScriptError) -> TargetProfile {
    let diagnosis = Diagnosis(file: file)
    let profile = withoutActuallyEscaping(environment) { environment in
      ProfileReader(file: file, diagnosis: diagnosis, environment: environment).profile(value)
    }
    try diagnosis.finish()
    guard let profile else { throw ScriptError(file: file, "cannot be read") }
    return profile
  }
}

/// Reads one profile.
private struct ProfileReader {
  let file: String
  let diagnosis: Diagnosis
  let environment: Environment

  func profile(_ value: JSONValue) -> TargetProfile? {
    guard let fields = Fields(value, Vocabulary.profile, diagnosis) else { return nil }
    _ = diagnosis.string(fields["$schema"], "$schema")
    let role = diagnosis.word(fields["role"], "role", Role.self) ?? .relay
    guard let endpoint = endpoint(fields, role) else { return nil }
    var profile = TargetProfile(
      name: diagnosis.words(fields["name"], "name"), endpoint: endpoint, role: role)
    profile.tls = tls(fields["tls"], standard: profile.tls)
    profile.credentials = credentials(fields["credentials"])
    profile.addresses = addresses(fields["addresses"])
    profile.client = plain(fields["client"], "client") ?? TargetProfile.defaultClient
    profile.sources = diagnosis.list(fields["sources"], "sources") { host($0, "sources") }
    profile.timeouts = timeouts(fields["timeouts"])
    profile.level = diagnosis.word(fields["level"], "level", AbuseLevel.self) ?? .odd
    profile.isAuthorised = diagnosis.bool(fields["authorised"], "authorised") ?? false
    profile.retryWindow =
      diagnosis.duration(
        fields["retry-window"], "retry-window", .seconds(1)...Limits.loadTime)
      ?? TargetProfile.defaultRetryWindow
    profile.sink = sink(fields["sink"])
    profile.completeSink()
    profile.waivers = diagnosis.words(fields["waivers"], "waivers").map(beside)
    return profile
  }

  private func endpoint(_ fields: Fields, _ role: Role) -> TargetProfile.Endpoint? {
    fields.allowOne(of: ["host", "socket"])
    if fields.has("socket") {
      if fields.has("port") {
        diagnosis.note(fields.place(of: "port"), "\"port\" does not go with \"socket\"")
      }
      return diagnosis.words(fields["socket"], "socket").map { .unix(path: $0) }
    }
    let host = host(fields.required("host"), "host")
    let port = diagnosis.integer(fields["port"], "port", 1...65_535) ?? role.port
    return host.map { .tcp(host: $0, port: port) }
  }

  private func host(_ value: JSONValue?, _ what: String) -> String? {
    guard let value, let text = diagnosis.string(value, what) else { return nil }
    if TargetProfile.isHost(text) { return text }
    diagnosis.note(
      value.position, "\"\(what)\" is a host name or address, not \"\(Escaped.text(text))\"")
    return nil
  }

  /// One line that goes into commands as it is.
  private func plain(_ value: JSONValue?, _ what: String) -> String? {
    guard let value, let text = diagnosis.words(value, what) else { return nil }
    if text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) { return text }
    diagnosis.note(value.position, "\"\(what)\" holds a space or a control character")
    return nil
  }

  private func tls(_ value: JSONValue?, standard: TLSPolicy) -> TLSPolicy {
    guard let value, let fields = Fields(value, Vocabulary.tls, diagnosis) else { return standard }
    fields.allowOne(of: ["ca", "insecure"])
    var policy = standard
    if let mode = diagnosis.word(fields["mode"], "mode", TLSPolicy.Mode.self) {
      policy.mode = mode
      if mode != .opportunistic { policy.trust = .system }
    }
    if let file = diagnosis.words(fields["ca"], "ca") { policy.trust = .file(beside(file)) }
    if diagnosis.bool(fields["insecure"], "insecure") == true { policy.trust = .unverified }
    policy.serverName = host(fields["server-name"], "server-name")
    policy.minimum = diagnosis.word(fields["minimum"], "minimum", TLSPolicy.Version.self)
    policy.maximum = diagnosis.word(fields["maximum"], "maximum", TLSPolicy.Version.self)
    if let minimum = policy.minimum, let maximum = policy.maximum, minimum > maximum {
      diagnosis.note(fields.place(of: "minimum"), "\"minimum\" is above \"maximum\"")
    }
    policy.ciphers = diagnosis.words(fields["ciphers"], "ciphers")
    policy.resumption = resumption(fields["resumption"]) ?? .on
    if fields.has("certificate") || fields.has("key") {
      let certificate = diagnosis.words(fields.required("certificate"), "certificate")
      let key = diagnosis.words(fields.required("key"), "key")
      if let certificate, let key {
        policy.identity = TLSPolicy.Identity(certificate: beside(certificate), key: beside(key))
      }
    }
    return policy
  }

  private func resumption(_ value: JSONValue?) -> Resumption? {
    guard let value else { return nil }
    if let isOn = value.bool { return isOn ? .on : .off }
    if let text = value.string, text.hasSuffix("%"), let share = Resumption(text) { return share }
    return diagnosis.mismatch(
      value, "resumption", "true, false, or the share of handshakes that resume, \"30%\"")
  }

  private func credentials(_ value: JSONValue?) -> TargetProfile.Credentials? {
    guard let value, let fields = Fields(value, Vocabulary.credentials, diagnosis) else {
      return nil
    }
    let username = fields["username"].flatMap { text($0, "username", isSecret: false) }
    let password = fields["password"].flatMap { text($0, "password", isSecret: true) }
    let token = fields["token"].flatMap { text($0, "token", isSecret: true) }
    if !fields.has("password"), !fields.has("token") {
      diagnosis.note(fields.position, "\"credentials\" needs \"password\" or \"token\"")
    }
    if !fields.has("username") {
      diagnosis.note(fields.position, "\"credentials\" needs \"username\"")
    }
    let mechanism = diagnosis.mechanism(fields["mechanism"])
    let identity = fields["authorization-identity"].flatMap {
      text($0, "authorization-identity", isSecret: false)
    }
    guard let username else { return nil }
    return TargetProfile.Credentials(
      username: username, password: password.map(Secret.init), token: token.map(Secret.init),
      authorizationIdentity: identity ?? "", mechanism: mechanism)
  }

  /// A text, or the value of the environment variable that `${env:NAME}` names.
  ///
  /// A secret may only come from there: profiles are shared and checked in.
  private func text(_ value: JSONValue, _ what: String, isSecret: Bool) -> String? {
    guard let text = diagnosis.string(value, what) else { return nil }
    guard text.hasPrefix("${env:"), text.hasSuffix("}") else {
      guard isSecret else { return text }
      diagnosis.note(
        value.position,
        "\"\(what)\" is a secret; write \"${env:NAME}\" and set the environment variable NAME")
      return nil
    }
    let name = String(text.dropFirst(6).dropLast())
    if let found = environment(name), !found.isEmpty { return found }
    diagnosis.note(value.position, "the environment variable \(Escaped.text(name)) is not set")
    return nil
  }

  private func addresses(_ value: JSONValue?) -> TargetProfile.Addresses {
    var addresses = TargetProfile.Addresses()
    guard let value, let fields = Fields(value, Vocabulary.addresses, diagnosis) else {
      return addresses
    }
    for name in AddressName.allCases {
      guard let member = fields[name.rawValue] else { continue }
      let text =
        name == .domain ? host(member, name.rawValue) : address(member, name.rawValue)
      if let text { addresses[name] = text }
    }
    return addresses
  }

  /// An address with a domain.
  ///
  /// What else an address may be is for scenarios to find out.
  private func address(_ value: JSONValue, _ what: String) -> String? {
    guard let text = diagnosis.string(value, what) else { return nil }
    if TargetProfile.isAddress(text) { return text }
    diagnosis.note(
      value.position,
      "\"\(what)\" is an address such as \"user@example.org\", not \"\(Escaped.text(text))\"")
    return nil
  }

  private func timeouts(_ value: JSONValue?) -> Timeouts {
    var timeouts = Timeouts()
    guard let value, let fields = Fields(value, Vocabulary.timeouts, diagnosis) else {
      return timeouts
    }
    for key in Timeouts.keys {
      let limit = diagnosis.duration(
        fields[key.name], key.name, .milliseconds(1)...Limits.wait)
      if let limit { timeouts[keyPath: key.path] = limit }
    }
    return timeouts
  }

  private func sink(_ value: JSONValue?) -> TargetProfile.SinkAddress? {
    guard let value, let fields = Fields(value, Vocabulary.profileSink, diagnosis) else {
      return nil
    }
    let host = host(fields.required("host"), "host")
    let port = diagnosis.integer(fields.required("port"), "port", 1...65_535)
    guard let host, let port else { return nil }
    return TargetProfile.SinkAddress(host: host, port: port)
  }

  private func beside(_ path: String) -> String {
    guard !path.hasPrefix("/"), let mark = file.lastIndex(of: "/") else { return path }
    return file[...mark] + path
  }
}
