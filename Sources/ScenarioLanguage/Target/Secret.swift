// SPDX-License-Identifier: Apache-2.0
//
// A value that must reach the wire and nothing else.

/// Text that no message, transcript or dump shows.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The text itself, for the place that sends it.
  package var revealed: String

  package init(_ text: String) { revealed = text }

  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
