import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("Who still calls what is deprecated")
struct UsageReportTests {
  private let today: CalendarDate
  private let entries: [CatalogEntry]
  private let first: FlowReference
  private let second: FlowReference

  init() throws {
    today = try #require(CalendarDate(text: "2026-11-01"))
    first = try #require(FlowReference(text: "v1/checkout-cart"))
    second = try #require(FlowReference(text: "v2/checkout-cart"))
    let deprecation = try Deprecation(
      deprecated: try #require(CalendarDate(text: "2026-10-01")), sunset: CalendarDate(text: "2027-04-01"), successor: second)
    entries = [
      CatalogEntry(slug: first.slug, version: first.version, method: .post, owner: "payments", deprecation: deprecation),
      CatalogEntry(slug: second.slug, version: second.version, method: .post, owner: "payments"),
    ]
  }

  @Test("metrics count each flow over all classes of status")
  func metrics() {
    let text = """
      # HELP http_server_requests_total Requests that were answered, by class of status.
      # TYPE http_server_requests_total counter
      http_server_requests_total{http_request_method="POST",http_route="/flow/v1/checkout-cart",slug="checkout-cart",version="1",status="2xx"} 30
      http_server_requests_total{slug="checkout-cart",version="1",status="4xx"} 10 1700000000
      http_server_requests_total{slug="checkout-cart",version="2",status="2xx"} 60
      http_server_requests_total{slug="",version="",status="4xx"} 7
      zerver_workers 2
      """
    let report = UsageReport(entries, CallCount.read(metrics: text), today: today)
    #expect(report.rows.map(\.calls) == [40])
    #expect(report.rows.map(\.share) == [0.4])
    #expect(report.rows.map(\.daysToSunset) == [151])
    #expect(report.unknownCalls.isEmpty)
  }

  @Test("a log says by which alias and by whom")
  func log() {
    let lines = [
      "2026-11-01T00:00:00Z info zerver : [Zerver] caller=billing duration-ms=1.2 method=POST slug=checkout-cart status=201 tenant=acme version=1",
      "2026-11-01T00:00:01Z info zerver : [Zerver] alias=pay-cart caller=billing method=POST slug=checkout-cart tenant=acme version=1",
      #"2026-11-01T00:00:02Z info zerver : [Zerver] caller="a \"b\" c" detail="no tenant=acme, alias=pay-cart" method=POST slug=checkout-cart version=1"#,
      "2026-11-01T00:00:03Z info zerver : server started workers=2",
    ]
    let report = UsageReport(entries, lines.compactMap { CallCount(logLine: $0) }, today: today)
    #expect(report.rows.map(\.calls) == [3])
    #expect(
      report.rows[0].aliases == [.init(name: "pay-cart", calls: 1, callers: [.init(name: "acme/billing", calls: 1)])])
    #expect(report.rows[0].tenants == [.init(name: "acme", calls: 2)])
    #expect(report.rows[0].callers == [.init(name: "acme/billing", calls: 2), .init(name: #"a "b" c"#, calls: 1)])
    #expect(
      report.text == """
        v1/checkout-cart  (payments, deprecated)
          3 calls, 100 % of all calls of checkout-cart
          deprecated 2026-10-01, sunset 2027-04-01 in 151 days
          successor v2/checkout-cart
          by alias:
            1  pay-cart  (acme/billing 1)
          by tenant:
            2  acme
          by caller:
            2  acme/billing
            1  a "b" c

        """)
  }

  @Test("flows that are about to end and are called are endangered, others are not")
  func endangered() {
    let called = UsageReport(entries, [CallCount(flow: first, calls: 1)], today: today)
    #expect(called.endangered(withinDays: 151).map(\.flow) == [first])
    #expect(called.endangered(withinDays: 150).isEmpty)
    #expect(UsageReport(entries, [], today: today).endangered(withinDays: 151).isEmpty)
  }

  @Test("calls that the catalog cannot explain are not lost")
  func unknown() throws {
    let gone = try #require(FlowReference(text: "v1/pay-now"))
    let report = UsageReport(entries, [CallCount(flow: gone, calls: 5)], today: today)
    #expect(report.unknownCalls == [.init(name: "v1/pay-now", calls: 5)])
    #expect(report.json.text.contains("\"v1/pay-now\""))
  }

  @Test("samples with escapes, braces in values and exponents are read; broken lines are not")
  func samples() {
    let text = #"""
      a{b="x\"y\\z\nw}",c=""} 1e3
      a 5
      a{b="open
      a{b="c"} none
      """#
    #expect(
      PrometheusSamples.read(text) == [
        .init(name: "a", labels: ["b": "x\"y\\z\nw}", "c": ""], value: 1000), .init(name: "a", labels: [:], value: 5),
      ])
  }
}
