// SPDX-License-Identifier: Apache-2.0
//
// The openssl program as a peer: started without a shell, read without blocking, always ended.

import Glibc
import NIOCore
import NIOPosix

/// A running program whose output is read by an event loop.
struct Subprocess: Sendable {
  private let identifier: pid_t
  private let input: any Channel
  private let output: OutputReader.Reading

  /// Starts a program, hands it to the body and ends it after.
  static func run<Result>(
    _ arguments: [String], _ body: (Subprocess) async throws -> Result
  ) async throws -> Result {
    let process = try await start(arguments)
    do {
      let result = try await body(process)
      await process.end()
      return result
    } catch {
      await process.end()
      throw error
    }
  }

  /// All output up to and with the text.
  ///
  /// - Throws: ``Ended`` with the output where the program ends before it says so.
  func output(through text: String) async throws -> String {
    try await output.through(text).get()
  }

  /// All output; waits for the program to close it.
  func wholeOutput() async throws -> String { try await output.whole.get() }

  func write(_ text: String) async throws {
    try await input.writeAndFlush(ByteBuffer(string: text))
  }

  /// A program ended too early.
  struct Ended: Error, CustomStringConvertible {
    var output: String
    var description: String { "the program ended, saying: \(output)" }
  }

  private func end() async {
    kill(identifier, SIGKILL)
    let identifier = identifier
    try? await NIOThreadPool.singleton.runIfActive {
      var status: Int32 = 0
      waitpid(identifier, &status, 0)
    }
    try? await input.close()
  }

  private static func start(_ arguments: [String]) async throws -> Subprocess {
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
      throw IOError(errnoCode: errno, reason: "pipe")
    }
    // The program must not hold our ends open, or it would never see its input end.
    for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var identifier: pid_t = 0
    let failure = posix_spawnp(&identifier, arguments[0], &actions, nil, &pointers, environ)
    close(toChild[0])
    close(fromChild[1])
    guard failure == 0 else {
      close(toChild[1])
      close(fromChild[0])
      throw IOError(errnoCode: failure, reason: "posix_spawnp")
    }
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let reading = OutputReader.Reading(loop)
    let channel = try await NIOPipeBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(OutputReader(reading))
        }
      }
      .takingOwnershipOfDescriptors(input: fromChild[0], output: toChild[1]).get()
    return Subprocess(identifier: identifier, input: channel, output: reading)
  }
}

/// Collects a program's output and tells those who wait for a part of it.
private final class OutputReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// What was read so far; belongs to its event loop.
  final class Reading: Sendable {
    private struct State {
      var text = ""
      var isOver = false
      var waiters: [(text: String, promise: EventLoopPromise<String>)] = []
    }

    private let loop: any EventLoop
    private let state: NIOLoopBoundBox<State>
    private let end: EventLoopPromise<String>

    init(_ loop: any EventLoop) {
      self.loop = loop
      state = .makeBoxSendingValue(State(), eventLoop: loop)
      end = loop.makePromise()
    }

    var whole: EventLoopFuture<String> { end.futureResult }

    func through(_ text: String) -> EventLoopFuture<String> {
      let promise = loop.makePromise(of: String.self)
      loop.execute {
        self.state.value.waiters.append((text, promise))
        self.tell()
      }
      return promise.futureResult
    }

    func append(_ text: String) {
      state.value.text += text
      tell()
    }

    func finish() {
      guard !state.value.isOver else { return }
      state.value.isOver = true
      tell()
      end.succeed(state.value.text)
    }

    private func tell() {
      let text = state.value.text
      let isOver = state.value.isOver
      state.value.waiters.removeAll { waiter in
        if text.contains(waiter.text) {
          waiter.promise.succeed(text)
        } else if isOver {
          waiter.promise.fail(Subprocess.Ended(output: text))
        } else {
          return false
        }
        return true
      }
    }
  }

  private let reading: Reading

  init(_ reading: Reading) { self.reading = reading }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reading.append(String(buffer: unwrapInboundIn(data)))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { reading.finish() }
  }

  func channelInactive(context: ChannelHandlerContext) { reading.finish() }
}
