// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers STARTTLS and forgot the certificate.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowStarttls.self }

struct DoesNotKnowStarttls: RelayFault {
  static let summary = "STARTTLS is answered with 502."
  static let breaks = ["3207-4-starttls-220"]
  static let alsoTrips = [
    "rfc8314/4-versions/offers-what-works": "STARTTLS is offered and refused."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "STARTTLS" && !context.isSecure
      ? .say(502, "5.5.1", "Command not implemented") : .proceed
  }
}
