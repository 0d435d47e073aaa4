import Foundation
import Synchronization
import Testing
import ZerverServer
import ZerverTesting

/// A new process takes the place of an old one while clients keep asking.
@Suite(.serialized) struct DeployTests {
  /// What the clients of a test have seen.
  private final class Tally: Sendable {
    let answers = Atomic(0)
    let isOver = Atomic(false)
    let failures = Mutex<[String]>([])

    func fail(_ message: String) { failures.withLock { $0.append(message) } }
  }

  @Test("no connection is refused and no request fails while a new process takes over the socket", arguments: proactors)
  func takeOver(_ proactor: ProactorChoice) throws {
    let listener = try SharedListener()
    let flags = ["--workers", "2", "--proactor", proactor.rawValue, "--log.requests", "none", "--timeouts.drain-idle", "5s"]
    let tally = Tally()
    var current = try ServerProcess(flags, on: listener.descriptor)
    try current.waitUntilListening()
    let clients = Self.start(4, port: listener.port, tally)
    defer { tally.isOver.store(true, ordering: .releasing) }
    for _ in 0..<3 {
      try Self.waitForAnswers(200, tally)
      let next = try ServerProcess(flags, on: listener.descriptor)
      try next.waitUntilListening()
      try Self.waitForAnswers(50, tally)
      current.terminate()
      #expect(try current.waitForEnd() == 0, "\(current.output)")
      current = next
    }
    try Self.waitForAnswers(200, tally)
    tally.isOver.store(true, ordering: .releasing)
    for client in clients { client.wait() }
    #expect(tally.failures.withLock { $0 } == [])
    current.terminate()
    #expect(try current.waitForEnd() == 0)
  }

  /// Clients that ask one thing after the other: some on new connections, some on a connection for as long as it lasts.
  private static func start(_ count: Int, port: Int, _ tally: Tally) -> [DispatchGroup] {
    (0..<count).map { index in
      let group = DispatchGroup()
      let thread = Thread {
        defer { group.leave() }
        while !tally.isOver.load(ordering: .acquiring) {
          do { try useConnection(port: port, isKept: index % 2 == 0, tally) } catch { return tally.fail("\(error)") }
        }
      }
      group.enter()
      thread.start()
      return group
    }
  }

  private static func useConnection(port: Int, isKept: Bool, _ tally: Tally) throws {
    let client = try TestClient(port: port)
    repeat {
      let response = try client.request("POST", "/flow/v1/echo-message", body: #"{"message":"here"}"#)
      guard response.status == 200, response.text == "here" else { return tally.fail("\(response.status): \(response.text)") }
      tally.answers.add(1, ordering: .relaxed)
      // The server says when a connection has to end.
      if response["connection"] == "close" { return }
    } while isKept && !tally.isOver.load(ordering: .acquiring)
  }

  private static func waitForAnswers(_ count: Int, _ tally: Tally) throws {
    let goal = tally.answers.load(ordering: .relaxed) + count
    for _ in 0..<60_000 where tally.answers.load(ordering: .relaxed) < goal {
      if tally.failures.withLock({ !$0.isEmpty }) { return }
      usleep(1000)
    }
  }
}
