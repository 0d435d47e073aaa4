import Glibc
import Testing

@testable import ZerverServer

@Suite struct StopSignalsTests {
  @Test("SIGHUP does not end a server that stops, the signals that ask for the end do", arguments: [true, false])
  func unblock(_ reloads: Bool) {
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &before)
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
