import ReferenceRoutes
import Testing
import ZerverCore

@Suite("Paths for links")
struct PathTests {
  @Test("a bound path is filled with the fields of the input, each percent-encoded")
  func fields() {
    #expect(Routes.V1.showOrderPath(orderId: "o-7") == "/orders/o-7")
    #expect(Routes.V1.showOrderPath(orderId: "a/b c?ü") == "/orders/a%2Fb%20c%3F%C3%BC")
    #expect(Routes.V1.cancelOrderPath(orderId: "o-7") == "/orders/o-7/cancellation")
    #expect(Routes.V1.showProductPath(productId: -12) == "/products/-12")
    #expect(Routes.V1.searchProductsPath() == "/products")
  }

  @Test("a segment has the text of its value in JSON")
  func segments() {
    #expect(PathSegment.text(true) == "true")
    #expect(PathSegment.text(1.5) == "1.5")
    #expect(PathSegment.text("a\"b") == "a%22b")
  }
}
