import Logging
import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct RequestLogTests {
  private let store = LogStore()

  private func log(_ mode: RequestLogMode) -> RequestLog { RequestLog(mode: mode, worker: 1, logger: store.logger) }

  private func entry(status: UInt16, method: String = "POST", detail: String = "") -> RequestLog.Entry {
    RequestLog.Entry(
      method: method, flow: ("checkout-cart", 2), status: status, duration: .microseconds(12_034),
      problem: status >= 400 ? "out-of-stock" : nil, detail: detail)
  }

  private let start = Instant(nanoseconds: 5_000_000_000)

  @Test("a line says by which name and by whom a flow was called, and nobody can forge a field")
  func caller() {
    var log = log(.all)
    var entry = entry(status: 200)
    entry.alias = "pay-cart"
    entry.caller = Caller(subject: "billing", tenant: "acme")
    log.record(entry, at: start)
    entry.alias = nil
    entry.caller = Caller(subject: "a\" tenant=other\n", tenant: nil)
    log.record(entry, at: start)
    let fields = store.lines.map(\.metadata)
    #expect(fields[0]["alias"] == "pay-cart" && fields[0]["caller"] == "billing" && fields[0]["tenant"] == "acme")
    #expect(fields[1]["alias"] == nil && fields[1]["tenant"] == nil)
    #expect(fields[1]["caller"] == #""a\" tenant=other\n""#)
  }

  @Test("a line has everything that is known about the request")
  func line() {
    var log = log(.all)
    log.record(entry(status: 409, detail: "sku A-1 has 0"), at: start)
    #expect(
      store.lines == [
        LogStore.Line(
          level: .info, message: "request",
          metadata: [
            "method": "POST", "slug": "checkout-cart", "version": "2", "status": "409", "duration-ms": "12.034",
            "worker": "1", "problem": "out-of-stock", "detail": "\"sku A-1 has 0\"",
          ])
      ])
  }

  @Test("a request that reached no flow has neither slug nor version")
  func unrouted() {
    var log = log(.all)
    var entry = entry(status: 200)
    entry.flow = nil
    log.record(entry, at: start)
    #expect(store.lines.map { Set($0.metadata.keys) } == [["method", "status", "duration-ms", "worker"]])
  }

  @Test(
    "the mode decides what is logged",
    arguments: [
      (RequestLogMode.all, [200, 404, 429, 500, 503]), (.errors, [429, 500, 503]), (.none, []),
    ] as [(RequestLogMode, [UInt16])])
  func modes(mode: RequestLogMode, logged: [UInt16]) {
    var log = log(mode)
    for status: UInt16 in [200, 404, 429, 500, 503] {
      #expect(log.records(status: status) == logged.contains(status))
      log.record(entry(status: status), at: start)
    }
    #expect(store.lines.map { $0.metadata["status"] } == logged.map { "\($0)" })
  }

  @Test(
    "the level tells the client's mistakes, refusals and the server's mistakes apart",
    arguments: [(200, .info), (422, .info), (429, .warning), (503, .warning), (504, .warning), (500, .error)] as [(UInt16, Logger.Level)])
  func levels(status: UInt16, level: Logger.Level) {
    var log = log(.all)
    log.record(entry(status: status), at: start)
    #expect(store.lines.map(\.level) == [level])
  }

  @Test("a flood of errors is cut to a hundred lines a second, and the rest is counted")
  func flood() {
    var log = log(.errors)
    for _ in 0..<250 { log.record(entry(status: 503), at: start) }
    #expect(store.lines.count == 100)
    log.record(entry(status: 503), at: start + .seconds(1))
    #expect(store.lines.count == 102)
    #expect(store.lines[100].message == "requests not logged")
    #expect(store.lines[100].metadata["count"] == "150")
    #expect(store.lines[101].message == "request")
    log.record(entry(status: 503), at: start + .seconds(2))
    #expect(store.lines.count == 103)
  }

  @Test("mode all is not cut")
  func all() {
    var log = log(.all)
    for _ in 0..<250 { log.record(entry(status: 503), at: start) }
    #expect(store.lines.count == 250)
  }

  @Test("no text from outside can forge a line or a field")
  func injection() throws {
    var log = log(.all)
    log.record(entry(status: 500, method: "GET\nPOST", detail: "x\" status=200\r\n2026 \u{1B}[31m \u{2028}y\\"), at: start)
    let metadata = try #require(store.lines.first?.metadata)
    #expect(metadata["method"] == "GET\\nPOST")
    #expect(metadata["detail"] == "\"x\\\" status=200\\r\\n2026 \\u{1b}[31m \\u{2028}y\\\\\"")
  }

  @Test("a long detail is cut")
  func longDetail() throws {
    var log = log(.all)
    log.record(entry(status: 500, detail: String(repeating: "a", count: 1 << 20)), at: start)
    let detail = try #require(store.lines.first?.metadata["detail"])
    #expect(detail.count == RequestLog.detailCharactersMax + 3)
    #expect(detail.hasSuffix("…\""))
  }

  @Test("the start line says where, on how many workers, on which proactor and why, and with which database")
  func startReport() {
    let report = StartReport(
      address: "::1", port: 8080, workers: 2, proactor: "epoll", proactorReason: "io_uring_setup: Operation not permitted",
      database: "sqlite", flows: 12)
    report.log(to: store.logger)
    #expect(
      store.lines == [
        LogStore.Line(
          level: .notice, message: "serving 12 flows on http://[::1]:8080",
          metadata: [
            "workers": "2", "proactor": "epoll", "because": "\"io_uring_setup: Operation not permitted\"", "database": "sqlite",
          ])
      ])
  }

  @Test(
    "the kind of a database is told without its URL",
    arguments: [
      (nil, "none"), ("postgresql://u:secret@h/d", "postgresql"), ("postgres://h/d", "postgresql"), ("sqlite:shop.db", "sqlite"),
      ("mysql://u:secret@h", "unknown"),
    ] as [(String?, String)])
  func databaseKind(url: String?, kind: String) {
    var database = ServerConfiguration.Database()
    database.url = url
    #expect(database.kind == kind)
  }
}
