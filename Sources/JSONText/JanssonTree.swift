// SPDX-License-Identifier: Apache-2.0
//
// The one owner of Jansson memory. A tree lives for the length of one read or one write and is
// never shared, so Jansson's reference counts are of no concern to anyone.

import CJansson
import Glibc

/// A Jansson value with everything under it, freed at the end of its life.
struct JanssonTree: ~Copyable {
  let root: UnsafeMutablePointer<json_t>

  /// Takes over the one reference that the caller holds.
  init(owning root: UnsafeMutablePointer<json_t>) { self.root = root }

  deinit { json_decref(root) }

  /// Gives the reference away.
  consuming func release() -> UnsafeMutablePointer<json_t> {
    let root = root
    discard self
    return root
  }

  /// Keeps keys of hostile texts from being chosen to collide; a global constant runs it once.
  static let seed: Void = json_object_seed(0)
}
