import Foundation
import Synchronization

/// Something that a test waits for has not come.
struct Overdue: Error, CustomStringConvertible {
  let description: String
}

/// Looks until `condition` holds. The bound is there so that a server that never gets there fails the test instead of
/// hanging it, and is far beyond what any machine needs.
func until(_ event: String, seconds: Int = 120, _ condition: () throws -> Bool) throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while try !condition() {
    guard ContinuousClock.now < end else { throw Overdue(description: "after \(seconds) s I still wait until \(event)") }
    // Leaves the processor to those who are waited for.
    poll(nil, 0, 2)
  }
}

/// Runs `body` on this many threads at once, and returns what each came to, in the order of their numbers.
///
/// Threads of their own, because a body blocks on a socket, and the threads of Swift's pool are as few as the processors.
func onThreads<Result: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
  let crew = Crew(count, body)
  return try crew.join()
}

/// Threads that have been started and not yet collected.
final class Crew<Result: Sendable>: Sendable {
  private let results: Mutex<[Swift.Result<Result, any Error>?]>
  private let ended = DispatchGroup()

  init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Result) {
    results = Mutex(Array(repeating: nil, count: count))
    for number in 0..<count {
      ended.enter()
      Thread { [self] in
        let result = Swift.Result { try body(number) }
        results.withLock { $0[number] = result }
        ended.leave()
      }.start()
    }
  }

  /// Waits for all of them. Throws what the first of them threw.
  func join() throws -> [Result] {
    ended.wait()
    return try results.withLock { $0 }.compactMap { try $0?.get() }
  }
}
