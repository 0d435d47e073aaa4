import Glibc

/// A lock with condition variables, for state that several threads wait on. Its C objects have an address of their own
/// for as long as this object lives.
final class Monitor: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let conditions: UnsafeMutablePointer<pthread_cond_t>
  private let conditionCount: Int

  init(conditions count: Int) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    conditions = .allocate(capacity: count)
    conditionCount = count
    for index in 0..<count {
      (conditions + index).initialize(to: pthread_cond_t())
      pthread_cond_init(conditions + index, nil)
    }
  }

  deinit {
    for index in 0..<conditionCount { pthread_cond_destroy(conditions + index) }
    conditions.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Inside `locked` only. Wakes up for no reason at times, so the caller asks again for what it waits for.
  func wait(on condition: Int) { pthread_cond_wait(conditions + condition, mutex) }

  func signal(_ condition: Int) { pthread_cond_signal(conditions + condition) }
  func broadcast(_ condition: Int) { pthread_cond_broadcast(conditions + condition) }
}

/// A joinable POSIX thread that runs one closure.
final class WorkThread: @unchecked Sendable {
  private var handle = pthread_t()

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// `nil` when the system has no thread left.
  init?(_ run: @escaping @Sendable () -> Void) {
    // The new thread takes over this reference.
    let body = Unmanaged.passRetained(Body(run))
    let status = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      body.release()
      return nil
    }
  }

  func join() { pthread_join(handle, nil) }
}

/// `CLOCK_MONOTONIC`, for threads that have no worker's clock.
enum MonotonicClock {
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
