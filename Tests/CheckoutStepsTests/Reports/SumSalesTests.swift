import CheckoutSteps
import Testing
import ZerverCore

@Suite struct SumSalesTests {
  static func sale(_ index: Int, category: Category = .toys, productId: Int? = nil, cents: Int = 100) -> Sale {
    let product = productId ?? index % 20
    return Sale(
      orderId: "o-\(index / 2)", productId: product, name: "Kite \(product)", category: category, quantity: 1,
      totalCents: cents)
  }

  /// Runs the step to its end, and counts how often it gave the thread back.
  static func run(_ sales: [Sale]) throws -> (totals: SalesTotals?, yields: Int) {
    var decision = try SumSales.run(sales: sales)
    var yields = 0
    while case .yield(let progress) = decision {
      yields += 1
      decision = try SumSales.resume(Resumption(round: yields, outcomes: [], progress: progress), sales: sales)
    }
    guard case .continue(let totals) = decision else { return (nil, yields) }
    return (totals, yields)
  }

  @Test("the thread is given back after every slice but the last", arguments: [(0, 0), (2_000, 0), (2_001, 1), (9_000, 4)])
  func slices(count: Int, yields: Int) throws {
    let result = try Self.run((0..<count).map { Self.sale($0) })
    #expect(result.yields == yields)
    #expect(result.totals?.pieces == count)
    #expect(result.totals?.totalCents == count * 100)
    #expect(result.totals?.orders == (count + 1) / 2)
  }

  @Test("shelves are complete and in their order, best sellers by what they brought in and then by number")
  func totals() throws {
    let sales = [
      Self.sale(0, category: .books, productId: 7, cents: 500), Self.sale(1, category: .toys, productId: 3, cents: 300),
      Self.sale(2, category: .toys, productId: 2, cents: 500), Self.sale(3, category: .toys, productId: 3, cents: 100),
    ]
    let totals = try #require(try Self.run(sales).totals)
    #expect(totals.categories.map(\.category) == Category.allCases)
    #expect(totals.categories.first { $0.category == .toys } == CategorySales(category: .toys, pieces: 3, totalCents: 900))
    #expect(totals.bestSellers.map(\.productId) == [2, 7, 3])
    #expect(totals.orders == 2)
  }
}
