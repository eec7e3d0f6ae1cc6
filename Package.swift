// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Third-party products, by the name under which targets use them.
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "relaymark",
  products: [.executable(name: "relaymark", targets: ["relaymark"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  // In the order of the house: a module imports only modules above it.
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CFaultSection"),
    .target(name: "JSONText", dependencies: ["CJansson"]),
    .target(name: "SMTPWire"),
    .target(name: "SASLExchange"),
    .target(name: "MailContent"),
    .target(name: "TLSEngine", dependencies: ["COpenSSL", nioCore]),
    .target(
      name: "ScenarioLanguage",
      dependencies: ["JSONText", "SMTPWire", "SASLExchange", "MailContent"]),
    .target(
      name: "DialogueEngine",
      dependencies: ["JSONText", "SMTPWire", "SASLExchange", "MailContent", "ScenarioLanguage"]),
    .target(
      name: "SMTPTransport",
      dependencies: [
        "SMTPWire", "SASLExchange", "MailContent", "TLSEngine", "ScenarioLanguage",
        "DialogueEngine",
        nioCore, nioPosix,
      ]),
    .target(name: "RunRecord"),
    .target(
      name: "Conformance",
      dependencies: [
        "JSONText", "SMTPWire", "MailContent", "ScenarioLanguage", "DialogueEngine",
        "SMTPTransport", "RunRecord", nioCore,
      ]),
    .target(
      name: "LoadEngine",
      dependencies: [
        "SMTPWire", "MailContent", "TLSEngine", "ScenarioLanguage", "DialogueEngine",
        "SMTPTransport", "RunRecord", histogram, nioCore, nioPosix,
      ]),
    .target(
      name: "ReferenceRelay",
      dependencies: [
        "CFaultSection",
        "SMTPWire", "SASLExchange", "MailContent", "TLSEngine", nioCore, nioPosix,
      ]),
    .target(name: "ReportWriters", dependencies: ["JSONText", "RunRecord", histogram]),
    .executableTarget(
      name: "relaymark",
      dependencies: [
        "JSONText", "SMTPWire", "SASLExchange", "MailContent", "TLSEngine", "ScenarioLanguage",
        "DialogueEngine", "SMTPTransport", "RunRecord", "Conformance", "LoadEngine",
        "ReferenceRelay", "ReportWriters", nioCore, nioPosix, logging, argumentParser,
      ]),

    .testTarget(name: "JSONTextTests", dependencies: ["JSONText"]),
    .testTarget(name: "SMTPWireTests", dependencies: ["SMTPWire"]),
    .testTarget(name: "SASLExchangeTests", dependencies: ["SASLExchange", "TLSEngine"]),
    .testTarget(name: "MailContentTests", dependencies: ["MailContent", "TLSEngine"]),
    .testTarget(
      name: "TLSEngineTests", dependencies: ["TLSEngine", nioCore, nioPosix, nioEmbedded]),
    .testTarget(
      name: "ScenarioLanguageTests", dependencies: ["ScenarioLanguage", "JSONText", "MailContent"]),
    .testTarget(
      name: "DialogueEngineTests",
      dependencies: [
        "DialogueEngine", "ScenarioLanguage", "SMTPWire", "SASLExchange", "MailContent",
        "ReferenceRelay", "TLSEngine",
      ]),
    .testTarget(
      name: "SMTPTransportTests",
      dependencies: [
        "SMTPTransport", "DialogueEngine", "ScenarioLanguage", "SMTPWire", "MailContent",
        "TLSEngine", "ReferenceRelay", nioCore, nioPosix,
      ]),
    .testTarget(
      name: "ReferenceRelayTests",
      dependencies: [
        "ReferenceRelay", "SMTPWire", "SASLExchange", "MailContent", "TLSEngine", nioCore, nioPosix,
      ]),
    .testTarget(
      name: "LoadEngineTests",
      dependencies: [
        "LoadEngine", "RunRecord", "ScenarioLanguage", "SMTPTransport", "ReferenceRelay",
        "DialogueEngine", "MailContent", histogram, nioCore, nioPosix,
      ]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Conformance", "RunRecord", "ScenarioLanguage", "SMTPTransport", "ReferenceRelay",
        "DialogueEngine", "JSONText", "MailContent", "SMTPWire", "TLSEngine", "relaymark", nioCore,
        nioPosix,
      ]),
    .testTarget(
      name: "ReportWritersTests",
      dependencies: ["ReportWriters", "RunRecord", "JSONText", histogram]),
    .testTarget(
      name: "relaymarkTests",
      dependencies: [
        "relaymark", "JSONText", "RunRecord", "ScenarioLanguage", "ReferenceRelay", nioCore,
        nioPosix, argumentParser,
      ]),
  ]
)

// One rule for all our Swift code; system libraries take no settings.
for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
