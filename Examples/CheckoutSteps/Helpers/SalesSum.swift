/// What a prefix of the sales adds up to. Sales come with the lines of one order next to each other.
struct SalesSum: Equatable, Sendable {
  /// Sales that have been added.
  private(set) var count = 0
  private var orders = 0
  private var lastOrder = ""
  private var categories: [Category: CategorySales] = [:]
  private var products: [Int: ProductSales] = [:]

  mutating func add(_ sale: Sale) {
    count += 1
    if sale.orderId != lastOrder {
      orders += 1
      lastOrder = sale.orderId
    }
    var category = categories[sale.category] ?? CategorySales(category: sale.category, pieces: 0, totalCents: 0)
    category.pieces += sale.quantity
    category.totalCents += sale.totalCents
    categories[sale.category] = category
    var product =
      products[sale.productId] ?? ProductSales(productId: sale.productId, name: sale.name, pieces: 0, totalCents: 0)
    product.pieces += sale.quantity
    product.totalCents += sale.totalCents
    products[sale.productId] = product
  }

  func totals(bestSellersMax: Int) -> SalesTotals {
    let byCategory = Category.allCases.map { categories[$0] ?? CategorySales(category: $0, pieces: 0, totalCents: 0) }
    let byProduct = products.values.sorted { ($1.totalCents, $0.productId) < ($0.totalCents, $1.productId) }
    return SalesTotals(
      orders: orders, pieces: byCategory.reduce(0) { $0 + $1.pieces },
      totalCents: byCategory.reduce(0) { $0 + $1.totalCents }, categories: byCategory,
      bestSellers: Array(byProduct.prefix(bestSellersMax)))
  }
}
