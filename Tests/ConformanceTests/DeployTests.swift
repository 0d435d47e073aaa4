import Foundation
import Synchronization
import Testing
import ZerverServer
import ZerverTesting

/// A new process takes the place of an old one while clients keep asking.
@Suite(.serialized) struct DeployTests {
  /// What the clients of a test have seen. Guarded by its own lock.
  private final class Tally: @unchecked Sendable {
    let isOver = Atomic(false)
    private let changed = NSCondition()
    private var answers = 0
    private var messages: [String] = []

    var failures: [String] { changed.withLock { messages } }

    func answered() {
      changed.withLock {
        answers += 1
        changed.broadcast()
      }
    }

    func fail(_ message: String) {
      changed.withLock {
        messages.append(message)
        changed.broadcast()
      }
    }

    /// Returns when so many more answers have come, or something has gone wrong.
    func waitForAnswers(_ count: Int) {
      changed.withLock {
        let goal = answers + count
        while answers < goal, messages.isEmpty { changed.wait() }
      }
    }
  }

  @Test("no connection is refused and no request fails while a new process takes over the socket", arguments: proactors)
  func takeOver(_ proactor: ProactorChoice) throws {
    let listener = try SharedListener()
    // A client may have to wait for its turn before it brings its next request.
    let patience = ["header", "idle", "drain-idle", "drain"].flatMap { ["--timeouts.\($0)", "1h"] }
    let flags = ["--workers", "2", "--proactor", proactor.rawValue, "--log.requests", "none"] + patience
    let tally = Tally()
    var current = try ServerProcess(flags, on: listener.descriptor)
    try current.waitUntilListening()
    let clients = Self.start(4, port: listener.port, tally)
    defer { tally.isOver.store(true, ordering: .releasing) }
    for _ in 0..<3 {
      tally.waitForAnswers(200)
      let next = try ServerProcess(flags, on: listener.descriptor)
      try next.waitUntilListening()
      tally.waitForAnswers(50)
      current.terminate()
      #expect(current.waitForEnd() == 0, "\(current.log)")
      current = next
    }
    tally.waitForAnswers(200)
    tally.isOver.store(true, ordering: .releasing)
    for client in clients { client.wait() }
    #expect(tally.failures == [])
    current.terminate()
    #expect(current.waitForEnd() == 0)
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
      tally.answered()
      // The server says when a connection has to end.
      if response["connection"] == "close" { return }
    } while isKept && !tally.isOver.load(ordering: .acquiring)
  }
}
