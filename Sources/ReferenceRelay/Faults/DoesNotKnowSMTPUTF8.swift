// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers SMTPUTF8 because its library does.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DoesNotKnowSMTPUTF8.self }

struct DoesNotKnowSMTPUTF8: RelayFault {
  static let summary = "The parameter SMTPUTF8 is answered with 555."
  static let breaks = ["6531-3.4-param-accepted"]
  static let alsoTrips = [
    "rfc6531/3.2-addresses/mailboxes-in-utf8": "It needs the parameter for its addresses.",
    "rfc6531/3.6-body/binary": "It needs the parameter for its content.",
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("MAIL FROM:") && command.text.hasSuffix(" SMTPUTF8")
      ? .say(555, "5.5.4", "Parameter not recognized") : .proceed
  }
}
