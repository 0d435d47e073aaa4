import Logging
import Testing
import ZerverCore

@testable import ZerverServer

@Suite("Warnings about flows when a server starts")
struct FlowWarningTests {
  @Test("a server logs each with its place, and starts")
  func logged() throws {
    let flow = Flow("cart-checkout", .v1, method: .post, owner: "shop", output: .none, file: "App/Flows.swift", line: 12) {
      step(DoNothing.self)
    }
    let store = LogStore()
    var configuration = ServerConfiguration()
    (configuration.port, configuration.workers, configuration.proactor) = (0, 1, .epoll)
    let running = try Server(catalogs: [FlowCatalog(flow)], configuration: configuration, logger: store.logger).start()
    running.stop()
    try running.waitUntilStopped()
    let line = try #require(store.lines.first { $0.level == .warning })
    #expect(line.message == "slug that does not begin with its verb")
    #expect(line.metadata["code"] == "slug-quality" && line.metadata["place"] == "App/Flows.swift:12")
    #expect(line.metadata["hint"]?.contains("checkout-cart") == true)
  }
}

private enum DoNothing: Step {
  static func run(_ reads: Void) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}
