// SPDX-License-Identifier: Apache-2.0
//
// Takes in the content of one message, from DATA or in chunks, and remembers only what the final
// reply depends on: size, stray octets, trace fields. Keeps the octets only where somebody wants them.

import MailContent
import SMTPWire
import TLSEngine

/// One message on its way in.
final class ContentIntake {
  /// What is wanted of the content besides counting it.
  struct Wishes {
    var limit: Int
    /// Whether the octets are kept for the store.
    var collects: Bool
    var checksIntegrity: Bool
    /// Whether stray octets matter; not for BODY=BINARYMIME (RFC 3030 section 3).
    var watchesStrays: Bool
    /// What all sessions together may keep.
    var budget: OctetBudget
  }

  /// Octets without the dots of the transfer (RFC 1870 section 5).
  private(set) var size = 0
  /// Content that came so far; empty where nobody wants it.
  private(set) var collected: [UInt8] = []
  /// More was to be kept than all sessions together may.
  private(set) var isOverBudget = false
  private(set) var hops = HopCounter()
  private(set) var strays: StrayOctets = []
  private let wishes: Wishes
  private var reserved = 0
  private var checker: IntegrityChecker?
  private var lines = StrayWatch()

  init(_ wishes: Wishes) {
    self.wishes = wishes
    if wishes.checksIntegrity { checker = IntegrityChecker { OpenSSLDigest() } }
  }

  deinit { wishes.budget.release(reserved) }

  var isTooBig: Bool { size > wishes.limit }

  /// Takes the next octets of content, all transfer encoding undone.
  ///
  /// - Parameter watching: look for stray octets here; where the reader of DATA has done so already
  ///   it is false.
  func take(_ octets: UnsafeRawBufferPointer, watching: Bool) {
    size += octets.count
    hops.read(octets)
    if watching, wishes.watchesStrays { lines.read(octets, into: &strays) }
    guard !isTooBig else {
      drop()
      return
    }
    checker?.update(octets.assumingMemoryBound(to: UInt8.self))
    if wishes.collects, !isOverBudget { keep(octets) }
  }

  /// No more content comes: a CR at its end stands alone.
  func finish() {
    if wishes.watchesStrays { lines.finish(into: &strays) }
  }

  /// Takes what the reader of DATA has noticed.
  func note(_ observations: ContentObservations) {
    guard wishes.watchesStrays else { return }
    if observations.contains(.bareLF) { strays.insert(.bareLF) }
    if observations.contains(.bareCR) { strays.insert(.bareCR) }
    if observations.contains(.nul) { strays.insert(.nul) }
  }

  /// What the integrity mark says; nil where it was not wanted.
  func integrity() -> IntegrityReading? {
    checker?.finish()
  }

  private func keep(_ octets: UnsafeRawBufferPointer) {
    guard wishes.budget.reserve(octets.count) else {
      isOverBudget = true
      drop()
      return
    }
    reserved += octets.count
    collected.append(contentsOf: octets)
  }

  private func drop() {
    collected = []
    wishes.budget.release(reserved)
    reserved = 0
    checker = nil
  }
}

/// A SHA-256 of OpenSSL's in the shape that integrity marks want.
private final class OpenSSLDigest: RunningDigest {
  private var digest = Sha256()

  func update(_ octets: UnsafeRawBufferPointer) { digest.update(octets) }

  func finish() -> [UInt8] { digest.finish() }
}
