@testable import CheckoutSteps
import Testing

@Suite struct CalendarTimeTests {
  @Test(
    "moments are written in RFC 3339",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_772_600_767_999, "2026-03-04T05:06:07Z"), (951_827_696_000, "2000-02-29T12:34:56Z"),
      (-1, "1969-12-31T23:59:59Z"), (253_402_300_799_000, "9999-12-31T23:59:59Z"),
    ])
  func timestamp(milliseconds: Int, expected: String) {
    #expect(CalendarTime.timestamp(milliseconds) == expected)
  }

  @Test("every day of 60 years is read back as it was written")
  func roundTrip() {
    for day in -365 * 10..<365 * 50 {
      let moment = day * CalendarTime.millisecondsPerDay
      #expect(CalendarTime.startOfDay(String(CalendarTime.timestamp(moment).prefix(10))) == moment)
    }
  }

  @Test("only days that the calendar has", arguments: ["", "2026", "2026-02-30", "2023-02-29", "2026-1-1x", "a-b-c", "1-2-3-4"])
  func noDay(_ text: String) {
    #expect(CalendarTime.startOfDay(text) == nil)
  }
}
