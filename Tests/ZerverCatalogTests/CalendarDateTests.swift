import Testing
import ZerverCatalog

@Suite("Calendar dates")
struct CalendarDateTests {
  @Test(
    "a date knows its second and its weekday",
    arguments: [
      ("1970-01-01", 0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      ("2000-02-29", 951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      ("2026-10-01", 1_790_812_800, "Thu, 01 Oct 2026 00:00:00 GMT"),
      ("2027-04-01", 1_806_537_600, "Thu, 01 Apr 2027 00:00:00 GMT"),
      ("2100-03-01", 4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
      ("9999-12-31", 253_402_214_400, "Fri, 31 Dec 9999 00:00:00 GMT"),
    ])
  func values(text: String, seconds: Int, httpDate: String) throws {
    let date = try #require(CalendarDate(text: text))
    #expect(date.description == text)
    #expect(date.unixSeconds == seconds)
    #expect(date.httpDate == httpDate)
    #expect(CalendarDate(unixSeconds: seconds) == date)
    #expect(CalendarDate(unixSeconds: seconds + 86_399) == date)
  }

  @Test(
    "a day that does not exist is none",
    arguments: [
      "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "1969-12-31", "2026-1-01",
      "2026/01/01", "26-01-01", "2026-01-01 ", "", "2026-01-0x",
    ])
  func noDate(text: String) { #expect(CalendarDate(text: text) == nil) }

  @Test("every day of 800 years follows the one before it")
  func everyDay() throws {
    var date = try #require(CalendarDate(text: "1970-01-01"))
    for day in 1...292_194 {
      let next = CalendarDate(unixSeconds: day * 86_400)
      try #require(next > date && next.unixSeconds == day * 86_400)
      try #require(CalendarDate(text: next.description) == next)
      date = next
    }
    #expect(date.description == "2770-01-01")
  }
}
