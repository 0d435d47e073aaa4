import CheckoutSteps
import Testing
import ZerverCore

@Suite struct LoadSalesTests {
  static let columns = ["order_id", "product_id", "name", "category", "quantity", "total_cents"]
  static let period = SalesPeriod(from: 0, until: 1)

  @Test("rows become sales")
  func rows() throws {
    let rows = Rows(columns: Self.columns, values: ["o-1", 3, "Kite 3", "toys", 2, 20_00])
    #expect(
      try LoadSales.resume(Resumption(.rows([rows])), period: Self.period)
        == .continue([Sale(orderId: "o-1", productId: 3, name: "Kite 3", category: .toys, quantity: 2, totalCents: 20_00)]))
  }

  @Test("more lines than a report may read are refused")
  func tooMany() throws {
    let row: [DatabaseValue] = ["o-1", 3, "Kite 3", "toys", 2, 20_00]
    let rows = Rows(columns: Self.columns, values: Array(repeatElement(row, count: 100_001).joined()))
    #expect(
      try LoadSales.resume(Resumption(.rows([rows])), period: Self.period)
        == .fail(.reportTooLarge(mostLines: 100_000)))
  }
}
