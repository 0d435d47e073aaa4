import Testing
import ZerverCatalog

@Suite("Deprecation")
struct DeprecationTests {
  let october = CalendarDate(year: 2026, month: 10, day: 1)!
  let april = CalendarDate(year: 2027, month: 4, day: 1)!

  @Test("all parts become three header lines")
  func everything() throws {
    let deprecation = try Deprecation(
      deprecated: october, sunset: april, successor: FlowReference(text: "v2/checkout-cart"),
      guide: "https://example.com/checkout-v2")
    #expect(
      deprecation.headerLines == "Deprecation: @1790812800\r\n" + "Sunset: Thu, 01 Apr 2027 00:00:00 GMT\r\n"
        + "Link: </flow/v2/checkout-cart>; rel=\"successor-version\", "
        + "<https://example.com/checkout-v2>; rel=\"deprecation\"; type=\"text/html\"\r\n")
  }

  @Test("what is missing is left out")
  func parts() throws {
    #expect(try Deprecation(deprecated: october).headerLines == "Deprecation: @1790812800\r\n")
    #expect(
      try Deprecation(deprecated: october, successor: FlowReference(text: "v3/a-b")).headerLines
        == "Deprecation: @1790812800\r\nLink: </flow/v3/a-b>; rel=\"successor-version\"\r\n")
  }

  @Test("a sunset is never earlier than the deprecation")
  func order() throws {
    #expect(throws: Deprecation.Violation.sunsetBeforeDeprecation) { try Deprecation(deprecated: april, sunset: october) }
    #expect(try Deprecation(deprecated: april, sunset: april).sunset == april)
  }

  @Test(
    "a guide cannot break out of its header",
    arguments: ["", "example.com", "https://", "https://a>b", "https://a b", "https://a\r\nX: y", "ftp://a", "https://ä.de"])
  func guide(text: String) {
    #expect(throws: Deprecation.Violation.guideIsNoLink) { try Deprecation(deprecated: october, guide: text) }
  }

  @Test("a flow is active, then deprecated, then retired")
  func status() throws {
    var entry = CatalogEntry(
      slug: try Slug("checkout-cart"), version: FlowVersion(1)!, method: .post, owner: "payments")
    #expect(entry.status(on: april) == .active)
    entry.deprecation = try Deprecation(deprecated: october, sunset: april)
    let days: [(String, CatalogEntry.Status)] = [
      ("2026-09-30", .active), ("2026-10-01", .deprecated), ("2027-03-31", .deprecated), ("2027-04-01", .retired),
    ]
    for (day, status) in days { #expect(entry.status(on: try #require(CalendarDate(text: day))) == status) }
  }
}
