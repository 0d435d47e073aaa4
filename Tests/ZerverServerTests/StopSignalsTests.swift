import Glibc
import Testing

@testable import ZerverServer

@Suite struct StopSignalsTests {
  @Test("SIGHUP does not end a server that stops, the signals that ask for the end do", arguments: [true, false])
  func unblock(_ reloads: Bool) {
    // The threads of other tests' servers may have left any of them blocked here.
    var before = sigset_t()
    var signalsOfTest = sigset_t()
    sigemptyset(&signalsOfTest)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signalsOfTest, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signalsOfTest, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let signals = StopSignals(reloads: reloads)
    signals.block()
    #expect([SIGTERM, SIGINT, SIGHUP].map(isBlocked) == [true, true, reloads])
    signals.unblock()
    #expect([SIGTERM, SIGINT, SIGHUP].map(isBlocked) == [false, false, reloads])
  }

  private func isBlocked(_ signal: Int32) -> Bool {
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    return sigismember(&mask, signal) == 1
  }
}
