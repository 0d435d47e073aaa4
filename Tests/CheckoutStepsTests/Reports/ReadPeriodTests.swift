import CheckoutSteps
import Testing
import ZerverCore

@Suite struct ReadPeriodTests {
  @Test(
    "days are whole, the last included",
    arguments: [
      ("2026-03-04", "2026-03-04", 1_772_582_400_000, 1_772_668_800_000),
      ("1970-01-01", "1970-01-02", 0, 172_800_000),
      ("2024-02-29", "2024-03-01", 1_709_164_800_000, 1_709_337_600_000),
    ])
  func period(fromDay: String, toDay: String, from: Int, until: Int) throws {
    #expect(
      try ReadPeriod.run(query: SalesQuery(fromDay: fromDay, toDay: toDay))
        == .continue(SalesPeriod(from: from, until: until)))
  }

  @Test("without days, every order that a calendar of four digits can date belongs to the period")
  func open() throws {
    #expect(
      try ReadPeriod.run(query: SalesQuery(fromDay: nil, toDay: nil))
        == .continue(SalesPeriod(from: 0, until: 253_402_300_800_000)))
  }

  @Test("the calendar decides which days exist", arguments: ["2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00"])
  func unknownDay(_ day: String) {
    #expect(throws: FlowFailure.dayUnknown(day: day)) { try ReadPeriod.run(query: SalesQuery(fromDay: day, toDay: nil)) }
  }

  @Test("a period that runs backwards is refused")
  func reversed() throws {
    #expect(
      try ReadPeriod.run(query: SalesQuery(fromDay: "2026-03-02", toDay: "2026-03-01"))
        == .fail(.periodReversed(fromDay: "2026-03-02", toDay: "2026-03-01")))
  }
}
