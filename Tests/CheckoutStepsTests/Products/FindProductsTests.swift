import CheckoutSteps
import Testing
import ZerverCore

@Suite struct FindProductsTests {
  static func search(text: String? = nil, category: Category? = nil, inStock: Bool = false, page: Int = 1) -> ProductSearch {
    ProductSearch(text: text, category: category, inStock: inStock, limit: 20, page: page)
  }

  @Test(
    "filters and page become parameters, and what is typed is no pattern",
    arguments: [
      (search(), ["%", nil, 0, 20, 0] as [DatabaseValue]),
      (search(text: "Oak  LAMP"), ["%oak%lamp%", nil, 0, 20, 0]),
      (search(text: #"50%_\"#), [#"%50\%\_\\%"#, nil, 0, 20, 0]),
      (search(category: .books, inStock: true, page: 3), ["%", "books", 1, 20, 40]),
    ])
  func parameters(_ search: ProductSearch, _ expected: [DatabaseValue]) throws {
    guard case .need(let need) = try FindProducts.run(search: search), need.effects.count == 2,
      case .database(.query(let count)) = need.effects[0], case .database(.query(let page)) = need.effects[1]
    else {
      Issue.record("a search is a count and a page")
      return
    }
    #expect(count.parameters == Array(expected.prefix(3)))
    #expect(page.parameters == expected)
  }

  @Test("the page names the next one while there is one", arguments: [(1, 41, 2), (2, 41, 3), (3, 41, nil), (1, 20, nil), (1, 0, nil)])
  func next(page: Int, total: Int, expected: Int?) throws {
    let count = Rows(columns: ["total"], values: [.int(total)])
    let decision = try FindProducts.resume(
      Resumption(.rows([count]), .rows([.products(.sample)])), search: Self.search(page: page))
    #expect(
      decision == .continue(ProductPage(total: total, page: page, limit: 20, next: expected, products: [.sample])))
  }
}
