// SPDX-License-Identifier: Apache-2.0
//
// Plays the steps of a store-and-forward check: hands messages to the target on connections of their
// own, and waits until they have come to the sink.

import DialogueEngine
import JSONText
import MailContent
import SMTPTransport
import ScenarioLanguage

extension CheckRunner {
  /// Performs the errands in turn; the first that does not go well is the last.
  func perform(_ errands: [Errand], _ script: SinkScript?) async throws -> Play {
    var trip = ErrandTrip(runner: self, keepsHeaders: errands.contains(where: \.asksForHeader))
    if let script { sink?.answer(by: script) }
    defer {
      sink?.forget(trip.runs)
      if script != nil { sink?.answer(by: nil) }
    }
    for errand in errands where !Task.isCancelled {
      guard try await trip.perform(errand) else { break }
    }
    if trip.play.finding == nil, let delivered = trip.delivered { trip.play.note(delivered) }
    if Task.isCancelled {
      trip.play.note(Finding(.inconclusive, reason: "stopped before its end"))
    }
    return trip.play
  }
}

/// The errands of one run, one after the other.
private struct ErrandTrip {
  let runner: CheckRunner
  let keepsHeaders: Bool
  var play = Play()
  /// The names under which messages were delivered.
  private(set) var runs: [String] = []
  /// That the target took what it was given, where nothing says more.
  private(set) var delivered: Finding?
  /// When the first delivery began.
  private var began: ContinuousClock.Instant?

  /// Messages of one connection: less than the limits of the servers that have one.
  private static let messagesPerConnection = 10
  /// Octets of messages that are held for one connection.
  private static let octetsPerConnection = 4 << 20
  /// Between two looks at what has come.
  private static let interval = Duration.milliseconds(10)

  init(runner: CheckRunner, keepsHeaders: Bool) {
    self.runner = runner
    self.keepsHeaders = keepsHeaders
  }

  /// - Returns: Whether the next errand makes sense.
  mutating func perform(_ errand: Errand) async throws -> Bool {
    switch errand.kind {
    case .deliver(let delivery): return try await deliver(delivery, errand)
    case .arrive(let arrival): return await look(arrival, errand)
    case .wait(let duration):
      await pause(duration)
      return true
    }
  }

  // MARK: - To the target

  private mutating func deliver(_ delivery: Delivery, _ errand: Errand) async throws -> Bool {
    let begin = ContinuousClock.now
    began = began ?? begin
    let name = runner.sink?.name(in: runner.carrier.run) ?? runner.carrier.run
    let factory = try runner.carrier.factory(of: delivery.spec, run: name)
    let mint = MessageMint(name: name, exact: delivery.spec.octets, factory: factory)
    runs.append(name)
    runner.sink?.expect(
      Consignment(
        run: name, messages: delivery.messages, contents: { mint.content(of: $0) },
        keepsHeaders: keepsHeaders))
    var number = 1
    var connection = 0
    while number <= delivery.messages, !Task.isCancelled {
      var contents: [[UInt8]] = []
      var octets = 0
      while number <= delivery.messages, contents.count < Self.messagesPerConnection,
        contents.isEmpty || octets < Self.octetsPerConnection
      {
        contents.append(mint.content(of: number))
        octets += contents.last?.count ?? 0
        number += 1
      }
      connection += 1
      let prepared = try runner.carrier.prepare(delivery.program(of: contents))
      let report = await runner.carrier.run(prepared, number: connection)
      let place = delivery.messages > contents.count ? "connection \(connection)" : nil
      play.add(report, session: "delivery", place: place, decides: false)
      let finding = Finding(of: report.record, ending: report.ending)
      guard finding.verdict != .pass else {
        delivered = delivered ?? finding
        continue
      }
      play.note(place.map { finding.at($0) } ?? finding)
      if !finding.verdict.isGood { return false }
    }
    if let measure = errand.measure {
      play.note((ContinuousClock.now - begin).nanoseconds, as: measure)
    }
    return true
  }

  // MARK: - From the sink

  /// Waits until everything has come and no second copy follows, or the limit passes.
  private mutating func look(_ arrival: Arrival, _ errand: Errand) async -> Bool {
    guard let sink = runner.sink else {
      play.note(Finding(.error, reason: "no sink listens"))
      return false
    }
    let limit = ContinuousClock.now + arrival.within
    var judge = ArrivalJudge(arrival: arrival, consignments: sink.consignments(of: runs))
    while !isOver(judge), ContinuousClock.now < limit, !Task.isCancelled {
      await pause(Self.interval)
      judge = ArrivalJudge(arrival: arrival, consignments: sink.consignments(of: runs))
    }
    if judge.count >= arrival.messages, arrival.messages > 0, arrival.each == .once {
      await pause(sink.settling)
      judge = ArrivalJudge(arrival: arrival, consignments: sink.consignments(of: runs))
    }
    guard !Task.isCancelled else { return false }
    let line = "arrive, line \(errand.position.line)"
    let finding = judge.finding(isSilent: sink.received == 0).at(line)
    play.note(finding)
    let last = judge.consignments.flatMap { $0.arrived.values.map(\.at) }.max()
    if let measure = errand.measure, let last, let began, finding.verdict.isGood {
      play.note((last - began).nanoseconds, as: measure)
    }
    return finding.verdict.isGood
  }

  /// Whether nothing that still comes can make it better; where nothing may come, time has to pass.
  private func isOver(_ judge: ArrivalJudge) -> Bool {
    judge.arrival.messages == 0 ? judge.count > 0 : judge.count >= judge.arrival.messages
  }

  /// A pause that a cancelled task cuts short.
  private func pause(_ time: Duration) async {
    do { try await Task.sleep(for: time) } catch { return }
  }
}

/// Makes the messages of a delivery, the same each time they are asked for.
private struct MessageMint: Sendable {
  let name: String
  /// The script's own content, behind the mark; nil: what the factory makes.
  let exact: [UInt8]?
  let factory: MessageFactory

  func content(of number: Int) -> [UInt8] {
    if let exact { return IntegrityMark.fields(run: name, session: 1, message: number) + exact }
    var octets: [UInt8] = []
    var cursor = factory.message(session: 1, number: number).rawCursor()
    _ = cursor.write(into: &octets, atMost: .max)
    return octets
  }
}

extension Errand {
  fileprivate var asksForHeader: Bool {
    if case .arrive(let arrival) = kind { !arrival.header.isEmpty } else { false }
  }
}
