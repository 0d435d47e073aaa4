import CUring
import Glibc

/// SIGTERM and SIGINT, and SIGHUP where it has a meaning, waited for instead of handled: nothing runs in a signal handler.
struct StopSignals: Sendable {
  enum Signal: Equatable {
    case stop(String)
    case reload
  }

  /// SIGHUP means that certificates are to be read again. Without it, it ends the process, as it always does.
  let reloads: Bool

  /// Keeps the signals from ending the process. Threads that start later inherit it, so this comes first.
  func block() {
    var set = self.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// From now on a signal that asks for the end ends the process. SIGHUP stays blocked: who asks for new certificates late does not
  /// ask for that.
  func unblock() {
    var set = Self.stopping
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// The next signal; `nil` when none came in this time.
  func wait(atMost limit: Duration?) -> Signal? {
    var set = self.set
    while true {
      var time = timespec(tv_sec: Int(limit?.components.seconds ?? 3600), tv_nsec: 0)
      switch sigtimedwait(&set, nil, &time) {
      case SIGINT: return .stop("SIGINT")
      case SIGTERM: return .stop("SIGTERM")
      case SIGHUP: return .reload
      // A debugger may interrupt the wait.
      default: if errno == EAGAIN, limit != nil { return nil }
      }
    }
  }

  /// Ends the wait from another thread.
  func raise() { kill(getpid(), SIGTERM) }

  private static var stopping: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }

  private var set: sigset_t {
    var set = Self.stopping
    if reloads { sigaddset(&set, SIGHUP) }
    return set
  }
}
