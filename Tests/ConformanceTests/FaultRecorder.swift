// SPDX-License-Identifier: Apache-2.0
//
// Which faults can make themselves felt in a check at all. While the honest relay plays a check, a
// recorder in the place of a fault writes down everything that a fault would be asked. A fault that,
// asked the same, changes nothing leaves that check as it was: it need not be played again.

import ReferenceRelay
import SASLExchange
import Synchronization

/// What faults are asked on the connections of one check.
final class FaultLog: Sendable {
  /// Asks a fault once more.
  ///
  /// - Returns: whether it changed anything.
  typealias Question = @Sendable (inout any RelayFault) -> Bool

  private let connections = Mutex<[[Question]]>([])

  /// A connection begins.
  func begin() { connections.withLock { $0.append([]) } }

  func add(_ question: @escaping Question) {
    connections.withLock { $0[$0.count - 1].append(question) }
  }

  /// Whether the fault, with a copy of its own for each connection, never changes anything.
  func leavesAlone(_ type: any RelayFault.Type) -> Bool {
    for connection in connections.withLock(\.self) {
      var fault: any RelayFault = type.init()
      if connection.contains(where: { $0(&fault) }) { return false }
    }
    return true
  }
}

/// Stands where a fault would, changes nothing, and writes down what it is asked.
struct FaultRecorder: RelayFault {
  static let summary = "Writes down what a fault is asked."
  static let breaks: [String] = []

  private let log: FaultLog

  init() { log = FaultLog() }

  init(_ log: FaultLog) { self.log = log }

  func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    log.add { [octets] fault in
      var copy = octets
      fault.receive(&copy, context)
      return copy != octets
    }
  }

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    log.add { [capabilities] fault in
      var copy = capabilities
      fault.advertise(&copy, context)
      return copy != capabilities
    }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    log.add { fault in
      if case .proceed = fault.intercept(command, context) { false } else { true }
    }
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    log.add { [replies] fault in
      var copy = replies
      fault.answer(&copy, at: stage, context)
      return copy != replies
    }
  }

  func hear(_ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext) {
    log.add { [message] fault in
      var copy = message
      fault.hear(&copy, mechanism, context)
      return copy != message
    }
  }

  func judge(_ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext) {
    log.add { [step] fault in
      var copy = step
      fault.judge(&copy, mechanism, context)
      return copy != step
    }
  }

  func transmit(_ replies: inout [[UInt8]], _ context: RelayContext) {
    log.add { [replies] fault in
      var copy = replies
      fault.transmit(&copy, context)
      return copy != replies
    }
  }

  func deliver(_ message: inout RelayMessage, _ context: RelayContext) {
    log.add { [message] fault in
      var copy = message
      fault.deliver(&copy, context)
      return copy.recipients != message.recipients || copy.content != message.content
        || copy.sender != message.sender || copy.id != message.id
    }
  }

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    log.add { [copies] fault in
      var copy = copies
      fault.forward(&copy, context)
      return copy != copies
    }
  }
}
