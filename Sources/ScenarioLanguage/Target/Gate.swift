// SPDX-License-Identifier: Apache-2.0
//
// How far a client has come with a server before it hands in mail. A server that asks for TLS or a
// login answers 530 to everything before that, so what lies behind is looked at once per gate.

/// What a session has passed through when mail commands begin.
package enum Gate: String, Sendable, CaseIterable {
  /// Neither TLS nor a login.
  case clear
  /// A login without TLS, for profiles that use no TLS.
  case login = "AUTH"
  /// TLS without a login.
  case secure = "TLS"
  /// TLS and a login.
  case full = "TLS+AUTH"

  package var usesTLS: Bool { self == .secure || self == .full }
  package var logsIn: Bool { self == .login || self == .full }
}

extension TargetProfile {
  /// The gates that the profile has the means to pass, the lowest first.
  ///
  /// A profile that uses TLS never shows its password without it.
  package var gates: [Gate] {
    let logsIn = credentials != nil && (role == .submission || role == .submissions)
    return switch tls.mode {
    case .none: logsIn ? [.clear, .login] : [.clear]
    case .opportunistic, .starttls: logsIn ? [.clear, .secure, .full] : [.clear, .secure]
    case .implicit: logsIn ? [.secure, .full] : [.secure]
    }
  }

  /// The profile with which `ready` means: through this gate and no further.
  package func at(_ gate: Gate) -> TargetProfile {
    var profile = self
    if !gate.logsIn { profile.credentials = nil }
    switch tls.mode {
    case .opportunistic, .starttls:
      profile.tls.mode = gate.usesTLS ? .starttls : .none
      profile.tls.isPutOff = !gate.usesTLS
    case .none, .implicit: break
    }
    return profile
  }
}
