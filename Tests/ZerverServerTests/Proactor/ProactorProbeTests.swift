import Testing

@testable import ZerverServer

@Suite("ProactorProbe")
struct ProactorProbeTests {
  @Test("says what runs and why")
  func automatic() throws {
    let probe = try ProactorProbe()
    switch probe.backend {
    case .ioUring: #expect(probe.reason.hasPrefix("io_uring ("))
    case .epoll: #expect(probe.reason.hasPrefix("epoll, because io_uring"))
    }
  }

  @Test("epoll can be chosen")
  func epoll() throws {
    let probe = try ProactorProbe(.epoll)
    #expect(probe.backend == .epoll)
    #expect(probe.reason == "epoll, as configured")
  }

  @Test("io_uring that is demanded runs or is an error")
  func ioUring() throws {
    do throws(ProactorError) {
      #expect(try ProactorProbe(.ioUring).backend == .ioUring)
    } catch {
      #expect(try ProactorProbe(.automatic).reason.contains("\(error)"))
    }
  }

  @Test(
    "an error names the call, the cause and its symbol",
    arguments: [
      (ProactorError(operation: "bind", errno: 98), "bind: address already in use (EADDRINUSE)"),
      (ProactorError(operation: "io_uring_setup", errno: 1), "io_uring_setup: operation not permitted (EPERM)"),
      (ProactorError(operation: "x", errno: 4095), "x: unknown error (errno 4095)"),
      (ProactorError(operation: "x", errno: 22, explanation: "too old"), "x: too old"),
    ])
  func description(error: ProactorError, text: String) { #expect("\(error)" == text) }
}
