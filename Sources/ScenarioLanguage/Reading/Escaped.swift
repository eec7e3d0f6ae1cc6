// SPDX-License-Identifier: Apache-2.0
//
// Text of strangers inside our own messages: nothing in it reaches a terminal as it is.

import SMTPWire

/// Shows text without control characters.
package enum Escaped {
  /// Text with control characters escaped and everything beyond 80 characters left out.
  package static func text(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(80)
    let isWhole = shown.endIndex == text.unicodeScalars.endIndex
    return controls(String(shown)) + (isWhole ? "" : "…")
  }

  /// Text with control characters escaped.
  static func controls(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      if isControl {
        shown += WireText.escaped(String(scalar).utf8)
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
