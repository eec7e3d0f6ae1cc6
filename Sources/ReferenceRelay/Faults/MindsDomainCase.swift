// SPDX-License-Identifier: Apache-2.0
//
// A relay that compares domains octet by octet.

@used @section("relay_faults") private let entry: RelayFaultEntry = { MindsDomainCase.self }

struct MindsDomainCase: RelayFault {
  static let summary = "A recipient is refused where the domain stands in capitals."
  static let breaks = ["5321-2.4-domain-case"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("RCPT TO:") else { return .proceed }
    let domain = command.argument.split(separator: "@").dropFirst().last ?? ""
    let hasCapitals = domain.prefix { $0 != ">" }.contains(where: \.isUppercase)
    return hasCapitals ? .say(550, "5.1.2", "No such domain here") : .proceed
  }
}
