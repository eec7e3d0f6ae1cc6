// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL's error queue as Swift values. The queue belongs to a thread: it is cleared before a call
// and drained right after, without leaving the thread in between.

import COpenSSL

/// The calling thread's error queue.
enum ErrorQueue {
  /// One error that OpenSSL left.
  struct Entry {
    var library: Int32
    var reason: Int32
    var text: String
  }

  static func clear() { ERR_clear_error() }

  /// Takes everything out, oldest first.
  static func drain() -> [Entry] {
    var entries: [Entry] = []
    while true {
      var data: UnsafePointer<CChar>?
      var flags: Int32 = 0
      let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
      guard code != 0 else { return entries }
      var text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
      if flags & ERR_TXT_STRING != 0, let data, data.pointee != 0 {
        text += " (\(printable(String(cString: data).utf8)))"
      }
      entries.append(
        Entry(
          library: relaymark_ERR_GET_LIB(code), reason: relaymark_ERR_GET_REASON(code), text: text))
    }
  }

  /// An error made of what is in the queue.
  static func error(
    _ code: TLSError.Code, operation: String, cure: String = ""
  ) -> TLSError {
    TLSError(code, operation: operation, reasons: drain().map(\.text), cure: cure)
  }
}

/// A peer's octets as text for people: control characters and octets beyond ASCII as `\xNN`.
func printable(_ octets: some Sequence<UInt8>) -> String {
  var text: [UInt8] = []
  let digits = Array("0123456789ABCDEF".utf8)
  for octet in octets {
    if (0x20...0x7E).contains(octet) {
      text.append(octet)
    } else {
      text += [0x5C, 0x78, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
    }
  }
  return String(decoding: text, as: UTF8.self)
}
