// SPDX-License-Identifier: Apache-2.0
//
// The environment variables of this process.

import Glibc

/// The real environment.
package enum ProcessEnvironment {
  /// The value of a variable; nil where it is not set.
  package static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
