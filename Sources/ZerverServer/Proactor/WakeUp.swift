import CUring
import Glibc
import Synchronization

/// The bell that other threads ring to get a worker out of its wait.
///
/// The worker polls ``descriptor`` for reading. On the completion it calls ``acknowledge()``, then looks at whatever the
/// bell stands for (in this order: what is added after that rings again), and polls once more.
package final class WakeUp: Sendable {
  /// An eventfd, closed with the last reference. The worker holds one for as long as its poll is armed.
  package let descriptor: Int32
  /// Rung and not yet acknowledged. Saves the system call of every further ring.
  private let isRung = Atomic(false)

  package init() throws(ProactorError) {
    descriptor = zerver_eventfd()
    guard descriptor >= 0 else { throw ProactorError(operation: "eventfd", errno: -descriptor) }
  }

  deinit { _ = Glibc.close(descriptor) }

  /// From any thread. What the caller did before is visible to the worker after `acknowledge`.
  package func wake() {
    guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var one: UInt64 = 1
    // Cannot fail: the counter would have to be near 2^64.
    _ = write(descriptor, &one, 8)
  }

  /// On the worker's thread.
  package func acknowledge() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
    // After the read: a ring in between would otherwise be read away together with its mark.
    _ = isRung.exchange(false, ordering: .acquiringAndReleasing)
  }
}
