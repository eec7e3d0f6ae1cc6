// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers SMTPUTF8 and reads mailboxes as RFC 5321 alone has them.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  UTF8MailboxesAreBadSyntax.self
}

struct UTF8MailboxesAreBadSyntax: RelayFault {
  static let summary = "A local part with octets above 127 is answered with 501."
  static let breaks = ["6531-3.2-utf8-mailbox"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:") || command.begins("RCPT TO:"),
      command.line.prefix(while: { $0 != UInt8(ascii: "@") }).contains(where: { $0 >= 128 })
    else { return .proceed }
    return .say(501, "5.1.3", "Syntax error in the mailbox")
  }
}
