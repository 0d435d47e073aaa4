public import ZerverCore

public enum SumSales: SumSalesStep {
  /// Sales that one slice adds up: well under a millisecond of work, so that requests in a hurry wait no longer than that.
  static let sliceMax = 2_000
  static let bestSellersMax = 10

  public static func run(sales: [Sale]) throws(FlowFailure) -> Decision<SalesTotals> { sum(SalesSum(), sales) }

  public static func resume(_ resumption: Resumption, sales: [Sale]) throws(FlowFailure) -> Decision<SalesTotals> {
    sum(try resumption.progress(SalesSum.self), sales)
  }

  private static func sum(_ progress: consuming SalesSum, _ sales: [Sale]) -> Decision<SalesTotals> {
    var sum = progress
    let end = min(sum.count + sliceMax, sales.count)
    while sum.count < end { sum.add(sales[sum.count]) }
    return end == sales.count ? .continue(sum.totals(bestSellersMax: bestSellersMax)) : .yield(Progress(sum))
  }
}
