import Zerver

/// What a person sees when the server has started.
enum Welcome {
  static func text(url: String, database: Database) -> String {
    """

    The shop is open at \(url)  (\(database.summary))

    Order a cart:

      curl -i \(url)/flow/v2/checkout-cart -H 'Content-Type: application/json' \\
        -d '{"user-id": 1, "cart-id": "c-1", "coupon": "SPRING10"}'

    More to try:

      curl \(url)/flow/v1/catalog
      curl '\(url)/flow/v1/search-products?text=oak+lamp&limit=3'
      curl \(url)/metrics

    Ctrl-C stops it.


    """
  }
}
