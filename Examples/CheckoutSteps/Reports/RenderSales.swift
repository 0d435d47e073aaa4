public import ZerverCore

public enum RenderSales: RenderSalesStep {
  public static func run(query: SalesQuery, totals: SalesTotals) throws(FlowFailure) -> Decision<SalesReport> {
    .continue(SalesReport(fromDay: query.fromDay, toDay: query.toDay, totals: totals))
  }
}
