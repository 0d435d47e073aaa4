import CheckoutSteps
import ZerverCore

/// The plan of `v1/search-products`, which promises in its `.flow` file what it answers.
enum SearchPlan: SearchProductsV1Plan {
  static func plan(_ search: Handle<ProductSearch>) -> FlowAnswer<ProductPage> {
    step(FindProducts.self, search)
  }
}
