public import ZerverCore

public enum ReadPeriod: ReadPeriodStep {
  public static func run(query: SalesQuery) throws(FlowFailure) -> Decision<SalesPeriod> {
    let from = try query.fromDay.map(start) ?? 0
    let last = try query.toDay.map(start) ?? endOfTime
    guard from <= last else {
      return .fail(.periodReversed(fromDay: query.fromDay ?? "", toDay: query.toDay ?? ""))
    }
    return .continue(SalesPeriod(from: from, until: last + CalendarTime.millisecondsPerDay))
  }

  /// The last day that a year of four digits can name: 9999-12-31.
  private static let endOfTime = 253_402_214_400_000

  private static func start(of day: String) throws(FlowFailure) -> Int {
    guard let start = CalendarTime.startOfDay(day) else { throw .dayUnknown(day: day) }
    return start
  }
}
