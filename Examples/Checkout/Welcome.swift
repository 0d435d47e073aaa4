import Zerver

/// What a person sees when the server has started.
enum Welcome {
  static func text(address: String, database: Database) -> String {
    """

    The shop is open at http://\(address)  (\(database.summary))

    Order a cart:

      curl -i http://\(address)/flow/v2/checkout-cart -H 'Content-Type: application/json' \\
        -d '{"user-id": 1, "cart-id": "c-1", "coupon": "SPRING10"}'

    More to try:

      curl http://\(address)/flow/v1/catalog
      curl 'http://\(address)/flow/v1/search-products?text=oak+lamp&limit=3'
      curl http://\(address)/metrics

    Ctrl-C stops it.


    """
  }
}
