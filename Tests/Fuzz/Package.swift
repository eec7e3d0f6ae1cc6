// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// The fuzz targets. A package of its own, so that the product knows nothing of them and needs no
// other package; the rooms that they reach are the product's own, through the link `Sources`.

import PackageDescription

let package = Package(
  name: "relaymark",
  targets: [
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .target(name: "JSONText", dependencies: ["CJansson"]),
    .target(name: "SMTPWire"),
    .target(name: "SASLExchange"),
    .target(name: "MailContent"),
    .target(
      name: "ScenarioLanguage",
      dependencies: ["JSONText", "SMTPWire", "SASLExchange", "MailContent"]),
    .target(name: "FuzzSupport", dependencies: ["SMTPWire"], path: "Support"),
    .executableTarget(
      name: "FuzzReplyReader", dependencies: ["FuzzSupport", "SMTPWire"], path: "ReplyReader"),
    .executableTarget(
      name: "FuzzCommands", dependencies: ["FuzzSupport", "SMTPWire"], path: "Commands"),
    .executableTarget(
      name: "FuzzContent", dependencies: ["FuzzSupport", "SMTPWire", "MailContent"],
      path: "Content"),
    .executableTarget(
      name: "FuzzScenario", dependencies: ["FuzzSupport", "JSONText", "ScenarioLanguage"],
      path: "Scenario"),
  ]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
