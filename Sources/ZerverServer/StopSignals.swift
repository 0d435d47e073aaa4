import CUring
import Glibc

/// SIGTERM and SIGINT, waited for instead of handled: nothing runs in a signal handler.
struct StopSignals: Sendable {
  /// Keeps the signals from ending the process. Threads that start later inherit it, so this comes first.
  func block() {
    var set = self.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// From now on a signal ends the process.
  func unblock() {
    var set = self.set
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// The name of the signal that came.
  func wait() -> String {
    var set = self.set
    var signal: Int32 = 0
    while sigwait(&set, &signal) != 0 {}
    return signal == SIGINT ? "SIGINT" : "SIGTERM"
  }

  /// Ends the wait from another thread.
  func raise() { kill(getpid(), SIGTERM) }

  private var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}
