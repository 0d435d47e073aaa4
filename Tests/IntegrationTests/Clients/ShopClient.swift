// Written by `route-gen client --language swift` from the flows of ReferenceRoutes. Write it again instead of editing it.

public import Foundation
#if canImport(FoundationNetworking)
public import FoundationNetworking
#endif

/// Calls the flows of ReferenceRoutes: one function for each, typed from its input to its errors.
public struct ShopClient: Sendable {
  /// Carries requests to the server.
  public var transport: any Transport
  /// Fields that every request carries, such as `Authorization`.
  public var headers: [String: String]

  public init(transport: any Transport, headers: [String: String] = [:]) {
    self.transport = transport
    self.headers = headers
  }

  /// - Parameter baseURL: scheme, host and port of the server, and what a proxy wants before the flows' paths.
  public init(baseURL: URL, session: URLSession = .shared, headers: [String: String] = [:]) {
    self.init(transport: URLSessionTransport(baseURL: baseURL, session: session), headers: headers)
  }
}

// MARK: Flows

extension ShopClient {
  /// Puts several products into an open cart: all of them, or none.
  ///
  /// `/flow/v1/add-products`
  public func addProductsV1(_ input: CartList) async throws(AddProductsV1Failure) -> CartView {
    var request = Request(method: "POST", target: "/flow/v1/add-products")
    try encode(input, into: &request, AddProductsV1Failure.self)
    return try decode(try await perform(request, AddProductsV1Failure.self), as: CartView.self, AddProductsV1Failure.self)
  }

  /// Puts pieces of a product into an open cart.
  ///
  /// `/flow/v1/add-to-cart`
  public func addToCartV1(_ input: CartAddition) async throws(AddToCartV1Failure) -> CartView {
    var request = Request(method: "POST", target: "/flow/v1/add-to-cart")
    try encode(input, into: &request, AddToCartV1Failure.self)
    return try decode(try await perform(request, AddToCartV1Failure.self), as: CartView.self, AddToCartV1Failure.self)
  }

  /// Cancels an order that has not been shipped, and puts its pieces back on the shelf.
  ///
  /// `/flow/v1/cancel-order`
  public func cancelOrderV1(_ input: CancelRequest) async throws(CancelOrderV1Failure) -> Cancellation {
    var request = Request(method: "POST", target: "/flow/v1/cancel-order")
    try encode(input, into: &request, CancelOrderV1Failure.self)
    return try decode(try await perform(request, CancelOrderV1Failure.self), as: Cancellation.self, CancelOrderV1Failure.self)
  }

  /// Orders what is in a cart. The receipt has amounts in cents.
  ///
  /// `/flow/v1/checkout-cart`
  @available(*, deprecated, message: "Deprecated from 2026-10-01. Answered until 2027-04-01. Use checkoutCartV2. See https://example.com/guides/checkout-v2")
  public func checkoutCartV1(_ input: CheckoutRequest) async throws(CheckoutCartV1Failure) -> ReceiptV1 {
    var request = Request(method: "POST", target: "/flow/v1/checkout-cart")
    try encode(input, into: &request, CheckoutCartV1Failure.self)
    return try decode(try await perform(request, CheckoutCartV1Failure.self), as: ReceiptV1.self, CheckoutCartV1Failure.self)
  }

  /// Orders what is in a cart.
  ///
  /// `/flow/v2/checkout-cart`
  public func checkoutCartV2(
    _ input: CheckoutRequest,
    idempotencyKey: String? = nil
  ) async throws(CheckoutCartV2Failure) -> Receipt {
    var request = Request(method: "POST", target: "/flow/v2/checkout-cart")
    try encode(input, into: &request, CheckoutCartV2Failure.self)
    request.add(idempotencyKey: idempotencyKey)
    return try decode(try await perform(request, CheckoutCartV2Failure.self), as: Receipt.self, CheckoutCartV2Failure.self)
  }

  /// Takes in a count of the shelves, product by product: one line of JSON each.
  ///
  /// The lines are written in parts, each as a whole or not at all. When one fails, those before it stay written: to go on, the count
  /// is sent again.
  ///
  /// `/flow/v1/import-stock`
  public func importStockV1<Elements: AsyncSequence & Sendable>(
    _ input: Elements
  ) async throws(ImportStockV1Failure) -> StockImport where Elements.Element == StockCount {
    let request = Request(method: "POST", target: "/flow/v1/import-stock")
    return try decode(try await perform(request, lines: input, ImportStockV1Failure.self), as: StockImport.self, ImportStockV1Failure.self)
  }

  /// What was sold in a period: by shelf, and the best sellers.
  ///
  /// `/flow/v1/report-sales`
  public func reportSalesV1(_ input: SalesQuery) async throws(ReportSalesV1Failure) -> SalesReport {
    var request = Request(method: "GET", target: "/flow/v1/report-sales")
    var query = Query()
    query.add("from-day", input.fromDay)
    query.add("to-day", input.toDay)
    request.target += query.text
    return try decode(try await perform(request, ReportSalesV1Failure.self), as: SalesReport.self, ReportSalesV1Failure.self)
  }

  /// What is in stock, product by product: one line of JSON each, or one event each for a client that asks for events.
  ///
  /// `/flow/v1/report-stock`
  public func reportStockV1(
    _ input: StockQuery
  ) async throws(ReportStockV1Failure) -> AsyncThrowingStream<StockLevel, any Error> {
    var request = Request(method: "GET", target: "/flow/v1/report-stock")
    var query = Query()
    query.add("most-pieces", String(input.mostPieces))
    request.target += query.text
    return try await elements(of: request, as: StockLevel.self, ReportStockV1Failure.self)
  }

  /// Greets in plain text.
  ///
  /// `/flow/v1/say-hello`
  public func sayHelloV1() async throws(SayHelloV1Failure) -> String {
    let request = Request(method: "GET", target: "/flow/v1/say-hello")
    return String(decoding: try await perform(request, SayHelloV1Failure.self).body, as: UTF8.self)
  }

  /// Products by words of their name, shelf and stock, a page at a time.
  ///
  /// `/flow/v1/search-products`
  public func searchProductsV1(_ input: ProductSearch) async throws(SearchProductsV1Failure) -> ProductPage {
    var request = Request(method: "GET", target: "/flow/v1/search-products")
    var query = Query()
    query.add("text", input.text)
    query.add("category", input.category?.rawValue)
    query.add("in-stock", String(input.inStock))
    query.add("limit", String(input.limit))
    query.add("page", String(input.page))
    request.target += query.text
    return try decode(try await perform(request, SearchProductsV1Failure.self), as: ProductPage.self, SearchProductsV1Failure.self)
  }

  /// What is in a cart, and whether the shelves hold it.
  ///
  /// `/flow/v1/show-cart`
  public func showCartV1(_ input: CartQuery) async throws(ShowCartV1Failure) -> CartView {
    var request = Request(method: "GET", target: "/flow/v1/show-cart")
    var query = Query()
    query.add("cart-id", input.cartId)
    request.target += query.text
    return try decode(try await perform(request, ShowCartV1Failure.self), as: CartView.self, ShowCartV1Failure.self)
  }

  /// Greets in JSON.
  ///
  /// `/flow/v1/show-message`
  public func showMessageV1() async throws(ShowMessageV1Failure) -> Message {
    let request = Request(method: "GET", target: "/flow/v1/show-message")
    return try decode(try await perform(request, ShowMessageV1Failure.self), as: Message.self, ShowMessageV1Failure.self)
  }

  /// Where an order stands, and what it came to.
  ///
  /// `/flow/v1/show-order`
  public func showOrderV1(_ input: OrderQuery) async throws(ShowOrderV1Failure) -> OrderView {
    var request = Request(method: "GET", target: "/flow/v1/show-order")
    var query = Query()
    query.add("order-id", input.orderId)
    request.target += query.text
    return try decode(try await perform(request, ShowOrderV1Failure.self), as: OrderView.self, ShowOrderV1Failure.self)
  }

  /// One product by its number.
  ///
  /// `/flow/v1/show-product`
  public func showProductV1(_ input: ProductQuery) async throws(ShowProductV1Failure) -> Product {
    var request = Request(method: "GET", target: "/flow/v1/show-product")
    var query = Query()
    query.add("product-id", String(input.productId))
    request.target += query.text
    return try decode(try await perform(request, ShowProductV1Failure.self), as: Product.self, ShowProductV1Failure.self)
  }
}

// MARK: Types

extension ShopClient {
  public struct CancelRequest: Codable, Equatable, Sendable {
    public var orderId: String
    /// The customer who has ordered.
    public var userId: Int

    public init(orderId: String, userId: Int) {
      self.orderId = orderId
      self.userId = userId
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case userId = "user-id"
    }
  }

  public struct Cancellation: Codable, Equatable, Sendable {
    public var orderId: String
    public var status: OrderStatus
    /// Pieces that this request has put back. None when the order had been cancelled before.
    public var returnedPieces: Int

    public init(orderId: String, status: OrderStatus, returnedPieces: Int) {
      self.orderId = orderId
      self.status = status
      self.returnedPieces = returnedPieces
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case status
      case returnedPieces = "returned-pieces"
    }
  }

  public struct CartAddition: Codable, Equatable, Sendable {
    public var cartId: String
    public var productId: Int
    public var quantity: Int

    public init(cartId: String, productId: Int, quantity: Int = 1) {
      self.cartId = cartId
      self.productId = productId
      self.quantity = quantity
    }

    private enum CodingKeys: String, CodingKey {
      case cartId = "cart-id"
      case productId = "product-id"
      case quantity
    }
  }

  /// What somebody wants to buy, all at once.
  public struct CartList: Codable, Equatable, Sendable {
    public var cartId: String
    public var products: [WantedProduct]

    public init(cartId: String, products: [WantedProduct]) {
      self.cartId = cartId
      self.products = products
    }

    private enum CodingKeys: String, CodingKey {
      case cartId = "cart-id"
      case products
    }
  }

  public struct CartQuery: Codable, Equatable, Sendable {
    public var cartId: String

    public init(cartId: String) {
      self.cartId = cartId
    }

    private enum CodingKeys: String, CodingKey {
      case cartId = "cart-id"
    }
  }

  /// A cart as its owner sees it.
  public struct CartView: Codable, Equatable, Sendable {
    public var cartId: String
    public var userId: Int
    public var isOpen: Bool
    public var orderId: String?
    /// Pieces on all lines together.
    public var pieces: Int
    /// Sum of the lines before discounts and tax, in cents.
    public var goodsCents: Int
    public var lines: [CartViewLine]

    public init(
      cartId: String,
      userId: Int,
      isOpen: Bool,
      orderId: String? = nil,
      pieces: Int,
      goodsCents: Int,
      lines: [CartViewLine]
    ) {
      self.cartId = cartId
      self.userId = userId
      self.isOpen = isOpen
      self.orderId = orderId
      self.pieces = pieces
      self.goodsCents = goodsCents
      self.lines = lines
    }

    private enum CodingKeys: String, CodingKey {
      case cartId = "cart-id"
      case userId = "user-id"
      case isOpen = "is-open"
      case orderId = "order-id"
      case pieces
      case goodsCents = "goods-cents"
      case lines
    }
  }

  public struct CartViewLine: Codable, Equatable, Sendable {
    public var productId: Int
    public var sku: String
    public var name: String
    public var quantity: Int
    public var unitPriceCents: Int
    public var lineCents: Int
    /// Whether the shelf holds enough at this moment.
    public var available: Bool

    public init(
      productId: Int,
      sku: String,
      name: String,
      quantity: Int,
      unitPriceCents: Int,
      lineCents: Int,
      available: Bool
    ) {
      self.productId = productId
      self.sku = sku
      self.name = name
      self.quantity = quantity
      self.unitPriceCents = unitPriceCents
      self.lineCents = lineCents
      self.available = available
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
      case sku
      case name
      case quantity
      case unitPriceCents = "unit-price-cents"
      case lineCents = "line-cents"
      case available
    }
  }

  /// The shelves of the shop.
  public enum Category: String, Codable, CaseIterable, Sendable {
    case audio
    case books
    case garden
    case kitchen
    case lighting
    case office
    case sports
    case toys
  }

  public struct CategorySales: Codable, Equatable, Sendable {
    public var category: Category
    public var pieces: Int
    public var totalCents: Int

    public init(category: Category, pieces: Int, totalCents: Int) {
      self.category = category
      self.pieces = pieces
      self.totalCents = totalCents
    }

    private enum CodingKeys: String, CodingKey {
      case category
      case pieces
      case totalCents = "total-cents"
    }
  }

  public struct CheckoutRequest: Codable, Equatable, Sendable, CustomReflectable {
    /// The customer who pays. The cart must be theirs.
    public var userId: Int
    public var cartId: String
    public var coupon: String?
    public var delivery: Delivery
    /// Printed on a card in the parcel.
    public var giftNote: String?

    public init(
      userId: Int,
      cartId: String,
      coupon: String? = nil,
      delivery: Delivery = .standard,
      giftNote: String? = nil
    ) {
      self.userId = userId
      self.cartId = cartId
      self.coupon = coupon
      self.delivery = delivery
      self.giftNote = giftNote
    }

    private enum CodingKeys: String, CodingKey {
      case userId = "user-id"
      case cartId = "cart-id"
      case coupon
      case delivery
      case giftNote = "gift-note"
    }

    /// Leaves the sensitive fields out.
    public var customMirror: Mirror {
      Mirror(self, children: [
        "userId": self.userId as Any,
        "cartId": self.cartId as Any,
        "coupon": self.coupon as Any,
        "delivery": self.delivery as Any,
        "giftNote": "<redacted>"
      ], displayStyle: .struct)
    }
  }

  public enum Delivery: String, Codable, CaseIterable, Sendable {
    case standard
    case express
  }

  /// One sentence, as JSON.
  public struct Message: Codable, Equatable, Sendable {
    public var message: String

    public init(message: String) {
      self.message = message
    }

    private enum CodingKeys: String, CodingKey {
      case message
    }
  }

  /// An amount with its currency.
  public struct Money: Codable, Equatable, Sendable {
    public var cents: Int
    public var currency: String

    public init(cents: Int, currency: String) {
      self.cents = cents
      self.currency = currency
    }

    private enum CodingKeys: String, CodingKey {
      case cents
      case currency
    }
  }

  public struct OrderLine: Codable, Equatable, Sendable {
    public var productId: Int
    public var sku: String
    public var name: String
    public var quantity: Int
    public var unitPriceCents: Int
    /// Every discount on this line, in cents.
    public var discountCents: Int
    /// What the line comes to without tax, in cents.
    public var totalCents: Int

    public init(
      productId: Int,
      sku: String,
      name: String,
      quantity: Int,
      unitPriceCents: Int,
      discountCents: Int,
      totalCents: Int
    ) {
      self.productId = productId
      self.sku = sku
      self.name = name
      self.quantity = quantity
      self.unitPriceCents = unitPriceCents
      self.discountCents = discountCents
      self.totalCents = totalCents
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
      case sku
      case name
      case quantity
      case unitPriceCents = "unit-price-cents"
      case discountCents = "discount-cents"
      case totalCents = "total-cents"
    }
  }

  public struct OrderQuery: Codable, Equatable, Sendable {
    public var orderId: String

    public init(orderId: String) {
      self.orderId = orderId
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
    }
  }

  public enum OrderStatus: String, Codable, CaseIterable, Sendable {
    case placed
    case shipped
    case cancelled
  }

  /// Where an order stands.
  public struct OrderView: Codable, Equatable, Sendable {
    public var orderId: String
    public var status: OrderStatus
    /// `2026-03-04T05:06:07Z`
    public var placedAt: String
    public var delivery: Delivery
    public var coupon: String?
    /// Pieces on all lines together.
    public var pieces: Int
    public var subtotalCents: Int
    public var discountCents: Int
    public var taxCents: Int
    public var deliveryCents: Int
    public var totalCents: Int
    public var lines: [OrderLine]

    public init(
      orderId: String,
      status: OrderStatus,
      placedAt: String,
      delivery: Delivery,
      coupon: String? = nil,
      pieces: Int,
      subtotalCents: Int,
      discountCents: Int,
      taxCents: Int,
      deliveryCents: Int,
      totalCents: Int,
      lines: [OrderLine]
    ) {
      self.orderId = orderId
      self.status = status
      self.placedAt = placedAt
      self.delivery = delivery
      self.coupon = coupon
      self.pieces = pieces
      self.subtotalCents = subtotalCents
      self.discountCents = discountCents
      self.taxCents = taxCents
      self.deliveryCents = deliveryCents
      self.totalCents = totalCents
      self.lines = lines
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case status
      case placedAt = "placed-at"
      case delivery
      case coupon
      case pieces
      case subtotalCents = "subtotal-cents"
      case discountCents = "discount-cents"
      case taxCents = "tax-cents"
      case deliveryCents = "delivery-cents"
      case totalCents = "total-cents"
      case lines
    }
  }

  /// One product, as it stands on its shelf.
  public struct Product: Codable, Equatable, Sendable {
    public var productId: Int
    /// The number that is printed on the parcel: `KIT-00042`.
    public var sku: String
    public var name: String
    public var category: Category
    /// Price of one piece without tax, in cents.
    public var unitPriceCents: Int
    /// Tax in hundredths of a percent: 1900 is 19 %.
    public var taxBasisPoints: Int
    /// Pieces on the shelf.
    public var stock: Int

    public init(
      productId: Int,
      sku: String,
      name: String,
      category: Category,
      unitPriceCents: Int,
      taxBasisPoints: Int,
      stock: Int
    ) {
      self.productId = productId
      self.sku = sku
      self.name = name
      self.category = category
      self.unitPriceCents = unitPriceCents
      self.taxBasisPoints = taxBasisPoints
      self.stock = stock
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
      case sku
      case name
      case category
      case unitPriceCents = "unit-price-cents"
      case taxBasisPoints = "tax-basis-points"
      case stock
    }
  }

  /// One page of a search, in the order of the names.
  public struct ProductPage: Codable, Equatable, Sendable {
    /// Products that match, on all pages together.
    public var total: Int
    public var page: Int
    public var limit: Int
    /// The page behind this one. Left out on the last.
    public var next: Int?
    public var products: [Product]

    public init(total: Int, page: Int, limit: Int, next: Int? = nil, products: [Product]) {
      self.total = total
      self.page = page
      self.limit = limit
      self.next = next
      self.products = products
    }

    private enum CodingKeys: String, CodingKey {
      case total
      case page
      case limit
      case next
      case products
    }
  }

  public struct ProductQuery: Codable, Equatable, Sendable {
    public var productId: Int

    public init(productId: Int) {
      self.productId = productId
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
    }
  }

  public struct ProductSales: Codable, Equatable, Sendable {
    public var productId: Int
    public var name: String
    public var pieces: Int
    public var totalCents: Int

    public init(productId: Int, name: String, pieces: Int, totalCents: Int) {
      self.productId = productId
      self.name = name
      self.pieces = pieces
      self.totalCents = totalCents
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
      case name
      case pieces
      case totalCents = "total-cents"
    }
  }

  public struct ProductSearch: Codable, Equatable, Sendable {
    /// Words of the name, in this order. Without it, every product matches.
    public var text: String?
    public var category: Category?
    /// Leaves out what is sold out.
    public var inStock: Bool
    public var limit: Int
    public var page: Int

    public init(text: String? = nil, category: Category? = nil, inStock: Bool = false, limit: Int = 20, page: Int = 1) {
      self.text = text
      self.category = category
      self.inStock = inStock
      self.limit = limit
      self.page = page
    }

    private enum CodingKeys: String, CodingKey {
      case text
      case category
      case inStock = "in-stock"
      case limit
      case page
    }
  }

  /// The receipt of version 2: everything that the order says, with currencies.
  public struct Receipt: Codable, Equatable, Sendable {
    public var orderId: String
    public var status: OrderStatus
    /// `2026-03-04T05:06:07Z`
    public var placedAt: String
    public var customer: ReceiptCustomer
    public var lines: [ReceiptLine]
    public var coupon: String?
    public var delivery: Delivery
    public var subtotal: Money
    public var discount: Money
    public var tax: Money
    public var deliveryCharge: Money
    public var total: Money

    public init(
      orderId: String,
      status: OrderStatus,
      placedAt: String,
      customer: ReceiptCustomer,
      lines: [ReceiptLine],
      coupon: String? = nil,
      delivery: Delivery,
      subtotal: Money,
      discount: Money,
      tax: Money,
      deliveryCharge: Money,
      total: Money
    ) {
      self.orderId = orderId
      self.status = status
      self.placedAt = placedAt
      self.customer = customer
      self.lines = lines
      self.coupon = coupon
      self.delivery = delivery
      self.subtotal = subtotal
      self.discount = discount
      self.tax = tax
      self.deliveryCharge = deliveryCharge
      self.total = total
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case status
      case placedAt = "placed-at"
      case customer
      case lines
      case coupon
      case delivery
      case subtotal
      case discount
      case tax
      case deliveryCharge = "delivery-charge"
      case total
    }
  }

  public struct ReceiptCustomer: Codable, Equatable, Sendable {
    public var name: String
    public var tier: Tier

    public init(name: String, tier: Tier) {
      self.name = name
      self.tier = tier
    }

    private enum CodingKeys: String, CodingKey {
      case name
      case tier
    }
  }

  public struct ReceiptItemV1: Codable, Equatable, Sendable {
    public var sku: String
    public var quantity: Int
    public var totalCents: Int

    public init(sku: String, quantity: Int, totalCents: Int) {
      self.sku = sku
      self.quantity = quantity
      self.totalCents = totalCents
    }

    private enum CodingKeys: String, CodingKey {
      case sku
      case quantity
      case totalCents = "total-cents"
    }
  }

  public struct ReceiptLine: Codable, Equatable, Sendable {
    public var sku: String
    public var name: String
    public var quantity: Int
    public var unitPrice: Money
    public var discount: Money
    /// Without tax.
    public var total: Money

    public init(sku: String, name: String, quantity: Int, unitPrice: Money, discount: Money, total: Money) {
      self.sku = sku
      self.name = name
      self.quantity = quantity
      self.unitPrice = unitPrice
      self.discount = discount
      self.total = total
    }

    private enum CodingKeys: String, CodingKey {
      case sku
      case name
      case quantity
      case unitPrice = "unit-price"
      case discount
      case total
    }
  }

  /// The receipt of version 1: amounts in cents, in the currency of the shop.
  public struct ReceiptV1: Codable, Equatable, Sendable {
    public var orderId: String
    public var status: OrderStatus
    public var items: [ReceiptItemV1]
    public var totalCents: Int

    public init(orderId: String, status: OrderStatus, items: [ReceiptItemV1], totalCents: Int) {
      self.orderId = orderId
      self.status = status
      self.items = items
      self.totalCents = totalCents
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case status
      case items
      case totalCents = "total-cents"
    }
  }

  public struct SalesQuery: Codable, Equatable, Sendable {
    /// First day of the period (UTC). Without it, the period begins with the first order.
    public var fromDay: String?
    /// Last day of the period (UTC). Without it, the period ends with the last order.
    public var toDay: String?

    public init(fromDay: String? = nil, toDay: String? = nil) {
      self.fromDay = fromDay
      self.toDay = toDay
    }

    private enum CodingKeys: String, CodingKey {
      case fromDay = "from-day"
      case toDay = "to-day"
    }
  }

  public struct SalesReport: Codable, Equatable, Sendable {
    public var fromDay: String?
    public var toDay: String?
    public var totals: SalesTotals

    public init(fromDay: String? = nil, toDay: String? = nil, totals: SalesTotals) {
      self.fromDay = fromDay
      self.toDay = toDay
      self.totals = totals
    }

    private enum CodingKeys: String, CodingKey {
      case fromDay = "from-day"
      case toDay = "to-day"
      case totals
    }
  }

  public struct SalesTotals: Codable, Equatable, Sendable {
    public var orders: Int
    public var pieces: Int
    public var totalCents: Int
    /// Every category, in the order of the shelves.
    public var categories: [CategorySales]
    /// The ten products that have brought in the most.
    public var bestSellers: [ProductSales]

    public init(orders: Int, pieces: Int, totalCents: Int, categories: [CategorySales], bestSellers: [ProductSales]) {
      self.orders = orders
      self.pieces = pieces
      self.totalCents = totalCents
      self.categories = categories
      self.bestSellers = bestSellers
    }

    private enum CodingKeys: String, CodingKey {
      case orders
      case pieces
      case totalCents = "total-cents"
      case categories
      case bestSellers = "best-sellers"
    }
  }

  public struct StockCount: Codable, Equatable, Sendable {
    public var sku: String
    /// On the shelf.
    public var pieces: Int

    public init(sku: String, pieces: Int) {
      self.sku = sku
      self.pieces = pieces
    }

    private enum CodingKeys: String, CodingKey {
      case sku
      case pieces
    }
  }

  public struct StockImport: Codable, Equatable, Sendable {
    /// Products that were counted, each line for one.
    public var products: Int
    public var pieces: Int

    public init(products: Int, pieces: Int) {
      self.products = products
      self.pieces = pieces
    }

    private enum CodingKeys: String, CodingKey {
      case products
      case pieces
    }
  }

  public struct StockLevel: Codable, Equatable, Sendable {
    public var productId: Int
    public var sku: String
    public var name: String
    public var stock: Int

    public init(productId: Int, sku: String, name: String, stock: Int) {
      self.productId = productId
      self.sku = sku
      self.name = name
      self.stock = stock
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
      case sku
      case name
      case stock
    }
  }

  public struct StockQuery: Codable, Equatable, Sendable {
    /// Only products of which there are at most so many pieces.
    public var mostPieces: Int

    public init(mostPieces: Int = 1000000) {
      self.mostPieces = mostPieces
    }

    private enum CodingKeys: String, CodingKey {
      case mostPieces = "most-pieces"
    }
  }

  /// What a customer's subscription is.
  public enum Tier: String, Codable, CaseIterable, Sendable {
    case free
    case plus
    case pro
  }

  public struct WantedProduct: Codable, Equatable, Sendable {
    public var productId: Int
    public var quantity: Int

    public init(productId: Int, quantity: Int = 1) {
      self.productId = productId
      self.quantity = quantity
    }

    private enum CodingKeys: String, CodingKey {
      case productId = "product-id"
      case quantity
    }
  }
}

// MARK: Errors

extension ShopClient {
  /// Why `v1/add-products` has not given its answer.
  public enum AddProductsV1Failure: CallFailure {
    /// There is no cart of this number.
    /// Status 404.
    case cartNotFound(CartNotFoundProblem)
    /// There is no product of this number.
    /// Status 404.
    case productNotFound(ProductNotFoundProblem)
    /// The cart has been ordered and cannot be changed any more.
    /// Status 409.
    case cartAlreadyOrdered(CartAlreadyOrderedProblem)
    /// The cart holds as many different products as a cart may hold.
    /// Status 409.
    case cartFull(CartFullProblem)
    /// One line of the cart would hold more pieces than a line may hold.
    /// Status 409.
    case cartLineFull(CartLineFullProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "cart-not-found": self = problem.members(CartNotFoundProblem.self).map(Self.cartNotFound) ?? .problem(problem)
      case "product-not-found": self = problem.members(ProductNotFoundProblem.self).map(Self.productNotFound) ?? .problem(problem)
      case "cart-already-ordered": self = problem.members(CartAlreadyOrderedProblem.self).map(Self.cartAlreadyOrdered) ?? .problem(problem)
      case "cart-full": self = problem.members(CartFullProblem.self).map(Self.cartFull) ?? .problem(problem)
      case "cart-line-full": self = problem.members(CartLineFullProblem.self).map(Self.cartLineFull) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/add-to-cart` has not given its answer.
  public enum AddToCartV1Failure: CallFailure {
    /// There is no cart of this number.
    /// Status 404.
    case cartNotFound(CartNotFoundProblem)
    /// There is no product of this number.
    /// Status 404.
    case productNotFound(ProductNotFoundProblem)
    /// The cart has been ordered and cannot be changed any more.
    /// Status 409.
    case cartAlreadyOrdered(CartAlreadyOrderedProblem)
    /// The cart holds as many different products as a cart may hold.
    /// Status 409.
    case cartFull(CartFullProblem)
    /// One line of the cart would hold more pieces than a line may hold.
    /// Status 409.
    case cartLineFull(CartLineFullProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "cart-not-found": self = problem.members(CartNotFoundProblem.self).map(Self.cartNotFound) ?? .problem(problem)
      case "product-not-found": self = problem.members(ProductNotFoundProblem.self).map(Self.productNotFound) ?? .problem(problem)
      case "cart-already-ordered": self = problem.members(CartAlreadyOrderedProblem.self).map(Self.cartAlreadyOrdered) ?? .problem(problem)
      case "cart-full": self = problem.members(CartFullProblem.self).map(Self.cartFull) ?? .problem(problem)
      case "cart-line-full": self = problem.members(CartLineFullProblem.self).map(Self.cartLineFull) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/cancel-order` has not given its answer.
  public enum CancelOrderV1Failure: CallFailure {
    /// There is no order of this number.
    /// Status 404.
    case orderNotFound(OrderNotFoundProblem)
    /// The order is on its way, or was changed at the same moment.
    /// Status 409.
    case orderNotCancellable(OrderNotCancellableProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "order-not-found": self = problem.members(OrderNotFoundProblem.self).map(Self.orderNotFound) ?? .problem(problem)
      case "order-not-cancellable": self = problem.members(OrderNotCancellableProblem.self).map(Self.orderNotCancellable) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/checkout-cart` has not given its answer.
  public enum CheckoutCartV1Failure: CallFailure {
    /// There is no customer of this number.
    /// Status 404.
    case userNotFound(UserNotFoundProblem)
    /// There is no cart of this number.
    /// Status 404.
    case cartNotFound(CartNotFoundProblem)
    /// There is no order of this number.
    /// Status 404.
    case orderNotFound(OrderNotFoundProblem)
    /// The cart has no lines.
    /// Status 409.
    case cartEmpty(CartEmptyProblem)
    /// The cart was changed or ordered while it was being checked out. Read it and try again.
    /// Status 409.
    case cartChanged(CartChangedProblem)
    /// The shelf does not hold as many pieces as the cart asks for.
    /// Status 409.
    case outOfStock(OutOfStockProblem)
    /// The coupon does not exist, has ended, or asks for a larger cart.
    /// Status 422.
    case couponNotValid(CouponNotValidProblem)
    /// The customer's open orders and this one together exceed the customer's credit limit.
    /// Status 402.
    case creditLimitExceeded(CreditLimitExceededProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "user-not-found": self = problem.members(UserNotFoundProblem.self).map(Self.userNotFound) ?? .problem(problem)
      case "cart-not-found": self = problem.members(CartNotFoundProblem.self).map(Self.cartNotFound) ?? .problem(problem)
      case "order-not-found": self = problem.members(OrderNotFoundProblem.self).map(Self.orderNotFound) ?? .problem(problem)
      case "cart-empty": self = problem.members(CartEmptyProblem.self).map(Self.cartEmpty) ?? .problem(problem)
      case "cart-changed": self = problem.members(CartChangedProblem.self).map(Self.cartChanged) ?? .problem(problem)
      case "out-of-stock": self = problem.members(OutOfStockProblem.self).map(Self.outOfStock) ?? .problem(problem)
      case "coupon-not-valid": self = problem.members(CouponNotValidProblem.self).map(Self.couponNotValid) ?? .problem(problem)
      case "credit-limit-exceeded": self = problem.members(CreditLimitExceededProblem.self).map(Self.creditLimitExceeded) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v2/checkout-cart` has not given its answer.
  public enum CheckoutCartV2Failure: CallFailure {
    /// There is no customer of this number.
    /// Status 404.
    case userNotFound(UserNotFoundProblem)
    /// There is no cart of this number.
    /// Status 404.
    case cartNotFound(CartNotFoundProblem)
    /// There is no order of this number.
    /// Status 404.
    case orderNotFound(OrderNotFoundProblem)
    /// The cart has no lines.
    /// Status 409.
    case cartEmpty(CartEmptyProblem)
    /// The cart was changed or ordered while it was being checked out. Read it and try again.
    /// Status 409.
    case cartChanged(CartChangedProblem)
    /// The shelf does not hold as many pieces as the cart asks for.
    /// Status 409.
    case outOfStock(OutOfStockProblem)
    /// The coupon does not exist, has ended, or asks for a larger cart.
    /// Status 422.
    case couponNotValid(CouponNotValidProblem)
    /// The customer's open orders and this one together exceed the customer's credit limit.
    /// Status 402.
    case creditLimitExceeded(CreditLimitExceededProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "user-not-found": self = problem.members(UserNotFoundProblem.self).map(Self.userNotFound) ?? .problem(problem)
      case "cart-not-found": self = problem.members(CartNotFoundProblem.self).map(Self.cartNotFound) ?? .problem(problem)
      case "order-not-found": self = problem.members(OrderNotFoundProblem.self).map(Self.orderNotFound) ?? .problem(problem)
      case "cart-empty": self = problem.members(CartEmptyProblem.self).map(Self.cartEmpty) ?? .problem(problem)
      case "cart-changed": self = problem.members(CartChangedProblem.self).map(Self.cartChanged) ?? .problem(problem)
      case "out-of-stock": self = problem.members(OutOfStockProblem.self).map(Self.outOfStock) ?? .problem(problem)
      case "coupon-not-valid": self = problem.members(CouponNotValidProblem.self).map(Self.couponNotValid) ?? .problem(problem)
      case "credit-limit-exceeded": self = problem.members(CreditLimitExceededProblem.self).map(Self.creditLimitExceeded) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/import-stock` has not given its answer.
  public enum ImportStockV1Failure: CallFailure {
    /// The shop has no product of this number.
    /// Status 422.
    case skuUnknown(SkuUnknownProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "sku-unknown": self = problem.members(SkuUnknownProblem.self).map(Self.skuUnknown) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/report-sales` has not given its answer.
  public enum ReportSalesV1Failure: CallFailure {
    /// The calendar has no such day.
    /// Status 422.
    case dayUnknown(DayUnknownProblem)
    /// The last day comes before the first.
    /// Status 422.
    case periodReversed(PeriodReversedProblem)
    /// The period holds more order lines than one report may read. Choose a shorter one.
    /// Status 422.
    case reportTooLarge(ReportTooLargeProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "day-unknown": self = problem.members(DayUnknownProblem.self).map(Self.dayUnknown) ?? .problem(problem)
      case "period-reversed": self = problem.members(PeriodReversedProblem.self).map(Self.periodReversed) ?? .problem(problem)
      case "report-too-large": self = problem.members(ReportTooLargeProblem.self).map(Self.reportTooLarge) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/report-stock` has not given its answer.
  public enum ReportStockV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/say-hello` has not given its answer.
  public enum SayHelloV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/search-products` has not given its answer.
  public enum SearchProductsV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/show-cart` has not given its answer.
  public enum ShowCartV1Failure: CallFailure {
    /// There is no cart of this number.
    /// Status 404.
    case cartNotFound(CartNotFoundProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "cart-not-found": self = problem.members(CartNotFoundProblem.self).map(Self.cartNotFound) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/show-message` has not given its answer.
  public enum ShowMessageV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/show-order` has not given its answer.
  public enum ShowOrderV1Failure: CallFailure {
    /// There is no order of this number.
    /// Status 404.
    case orderNotFound(OrderNotFoundProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "order-not-found": self = problem.members(OrderNotFoundProblem.self).map(Self.orderNotFound) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/show-product` has not given its answer.
  public enum ShowProductV1Failure: CallFailure {
    /// There is no product of this number.
    /// Status 404.
    case productNotFound(ProductNotFoundProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "product-not-found": self = problem.members(ProductNotFoundProblem.self).map(Self.productNotFound) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// The cart has been ordered and cannot be changed any more.
  public struct CartAlreadyOrderedProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var cartId: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case cartId = "cart-id"
    }
  }

  /// The cart was changed or ordered while it was being checked out. Read it and try again.
  public struct CartChangedProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var cartId: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case cartId = "cart-id"
    }
  }

  /// The cart has no lines.
  public struct CartEmptyProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var cartId: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case cartId = "cart-id"
    }
  }

  /// The cart holds as many different products as a cart may hold.
  public struct CartFullProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var cartId: String
    public var most: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case cartId = "cart-id"
      case most
    }
  }

  /// One line of the cart would hold more pieces than a line may hold.
  public struct CartLineFullProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var sku: String
    public var most: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case sku
      case most
    }
  }

  /// There is no cart of this number.
  public struct CartNotFoundProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var cartId: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case cartId = "cart-id"
    }
  }

  /// The coupon does not exist, has ended, or asks for a larger cart.
  public struct CouponNotValidProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var coupon: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case coupon
    }
  }

  /// The customer's open orders and this one together exceed the customer's credit limit.
  public struct CreditLimitExceededProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var limitCents: Int
    public var openCents: Int
    public var totalCents: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case limitCents = "limit-cents"
      case openCents = "open-cents"
      case totalCents = "total-cents"
    }
  }

  /// The calendar has no such day.
  public struct DayUnknownProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var day: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case day
    }
  }

  /// The order is on its way, or was changed at the same moment.
  public struct OrderNotCancellableProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var orderId: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case orderId = "order-id"
    }
  }

  /// There is no order of this number.
  public struct OrderNotFoundProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var orderId: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case orderId = "order-id"
    }
  }

  /// The shelf does not hold as many pieces as the cart asks for.
  public struct OutOfStockProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var sku: String
    public var requested: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case sku
      case requested
    }
  }

  /// The last day comes before the first.
  public struct PeriodReversedProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var fromDay: String
    public var toDay: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case fromDay = "from-day"
      case toDay = "to-day"
    }
  }

  /// There is no product of this number.
  public struct ProductNotFoundProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var productId: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case productId = "product-id"
    }
  }

  /// The period holds more order lines than one report may read. Choose a shorter one.
  public struct ReportTooLargeProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var mostLines: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case mostLines = "most-lines"
    }
  }

  /// The shop has no product of this number.
  public struct SkuUnknownProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var sku: String

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case sku
    }
  }

  /// There is no customer of this number.
  public struct UserNotFoundProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var userId: Int

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case userId = "user-id"
    }
  }
}

// MARK: Transport

extension ShopClient.Transport {
  /// For a transport that knows no parts: the whole body as one.
  public func stream(
    _ request: ShopClient.Request
  ) async throws -> (response: ShopClient.Response, body: AsyncThrowingStream<Data, any Error>) {
    var response = try await send(request)
    let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
    continuation.yield(response.body)
    continuation.finish()
    response.body = Data()
    return (response, body)
  }

  /// For a transport that knows no parts: the whole body as one.
  public func send(_ request: ShopClient.Request, body next: () async throws -> Data?) async throws -> ShopClient.Response {
    var request = request
    var body = Data()
    while let piece = try await next() { body += piece }
    request.body = body
    return try await send(request)
  }
}

extension ShopClient {
  /// Carries one request to the server and its answer back. Throw when there is no answer; every status is one.
  public protocol Transport: Sendable {
    func send(_ request: Request) async throws -> Response

    /// The same for an answer that comes in parts: a response without its body, and the bytes of the body as they come.
    func stream(_ request: Request) async throws -> (response: Response, body: AsyncThrowingStream<Data, any Error>)

    /// The same for a body that is made while it is sent: `next` gives the next piece of it, and `nil` behind the last one.
    func send(_ request: Request, body next: () async throws -> Data?) async throws -> Response
  }

  public struct Request: Sendable {
    public var method: String
    /// Path and query, percent-encoded.
    public var target: String
    public var headers: [String: String] = [:]
    public var body: Data?

    public init(method: String, target: String) {
      self.method = method
      self.target = target
    }

    /// A structured-field string (RFC 8941 §3.3.3).
    fileprivate mutating func add(idempotencyKey key: String?) {
      guard let key else { return }
      let escaped = key.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      headers["Idempotency-Key"] = "\"\(escaped)\""
    }
  }

  public struct Response: Sendable {
    public var status: Int
    /// By name in lower case.
    public var headers: [String: String]
    public var body: Data

    public init(status: Int, headers: [String: String], body: Data) {
      self.status = status
      self.headers = headers
      self.body = body
    }
  }

  /// Sends requests with a `URLSession`, which follows redirects and keeps connections open.
  public struct URLSessionTransport: Transport {
    private let base: String
    private let session: URLSession

    public init(baseURL: URL, session: URLSession = .shared) {
      let text = baseURL.absoluteString
      base = text.hasSuffix("/") ? String(text.dropLast()) : text
      self.session = session
    }

    public func send(_ request: Request) async throws -> Response {
      let (body, response) = try await session.data(for: outgoing(request))
      guard let answer = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      return Self.response(answer, body)
    }

    public func stream(
      _ request: Request
    ) async throws -> (response: Response, body: AsyncThrowingStream<Data, any Error>) {
      let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
      let answer = try await Stream(continuation).start(outgoing(request), session.configuration)
      return (Self.response(answer, Data()), body)
    }

    /// A session takes a body that is not in memory from a file, so all of it is written to one first.
    public func send(_ request: Request, body next: () async throws -> Data?) async throws -> Response {
      let file = FileManager.default.temporaryDirectory.appendingPathComponent("ShopClient-\(UUID().uuidString)")
      guard FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
        throw CocoaError(.fileWriteUnknown)
      }
      defer { try? FileManager.default.removeItem(at: file) }
      let handle = try FileHandle(forWritingTo: file)
      do {
        var waiting = Data()
        while let piece = try await next() {
          waiting += piece
          guard waiting.count >= 1 << 16 else { continue }
          try handle.write(contentsOf: waiting)
          waiting.removeAll(keepingCapacity: true)
        }
        try handle.write(contentsOf: waiting)
        try handle.close()
      } catch {
        try? handle.close()
        throw error
      }
      let (body, response) = try await session.upload(for: outgoing(request), fromFile: file)
      guard let answer = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      return Self.response(answer, body)
    }

    private func outgoing(_ request: Request) throws -> URLRequest {
      guard let url = URL(string: base + request.target) else { throw URLError(.badURL) }
      var outgoing = URLRequest(url: url)
      outgoing.httpMethod = request.method
      outgoing.httpBody = request.body
      for (name, value) in request.headers { outgoing.setValue(value, forHTTPHeaderField: name) }
      return outgoing
    }

    private static func response(_ answer: HTTPURLResponse, _ body: Data) -> Response {
      var headers: [String: String] = [:]
      for (name, value) in answer.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
      return Response(status: answer.statusCode, headers: headers, body: body)
    }
  }

  /// One answer of a `URLSession` that comes in parts.
  private final class Stream: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    // Only the session's delegate queue, which is serial, touches these after `start`.
    private var head: CheckedContinuation<HTTPURLResponse, any Error>?
    private let body: AsyncThrowingStream<Data, any Error>.Continuation

    init(_ body: AsyncThrowingStream<Data, any Error>.Continuation) { self.body = body }

    func start(_ request: URLRequest, _ configuration: URLSessionConfiguration) async throws -> HTTPURLResponse {
      let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
      let task = session.dataTask(with: request)
      body.onTermination = { _ in task.cancel() }
      defer { session.finishTasksAndInvalidate() }
      return try await withCheckedThrowingContinuation { continuation in
        head = continuation
        task.resume()
      }
    }

    func urlSession(
      _: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
      completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
      if let answer = response as? HTTPURLResponse {
        head?.resume(returning: answer)
      } else {
        head?.resume(throwing: URLError(.badServerResponse))
      }
      head = nil
      completionHandler(.allow)
    }

    func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) { body.yield(data) }

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
      head?.resume(throwing: error ?? URLError(.badServerResponse))
      head = nil
      body.finish(throwing: error)
    }
  }

  /// What every error enum of a flow can be made of.
  public protocol CallFailure: Error {
    init(_ problem: Problem)
    static func noAnswer(_ error: any Error) -> Self
    static func unreadable(_ response: Response) -> Self
  }

  /// A problem as the server has sent it (RFC 9457).
  public struct Problem: Sendable {
    public let status: Int
    /// `urn:zerver:problem:out-of-stock`
    public let type: String
    public let title: String
    /// A sentence for people.
    public let detail: String?
    /// When to try again, where the server says so.
    public let retryAfterSeconds: Int?
    public let response: Response

    /// The last part of the type: `out-of-stock`.
    public var code: String { type.split(separator: ":").last.map { String($0) } ?? type }

    private struct Members: Decodable {
      var type: String
      var title: String
      var detail: String?
    }

    /// `nil` when the response is no problem.
    public init?(_ response: Response) {
      guard response.headers["content-type"]?.hasPrefix("application/problem+json") == true,
        let members = try? JSONDecoder().decode(Members.self, from: response.body)
      else { return nil }
      status = response.status
      type = members.type
      title = members.title
      detail = members.detail
      retryAfterSeconds = response.headers["retry-after"].flatMap { Int($0) }
      self.response = response
    }

    /// The members of a declared error; `nil` when they are not what the error declares.
    fileprivate func members<Value: Decodable>(_ type: Value.Type) -> Value? {
      try? JSONDecoder().decode(type, from: response.body)
    }
  }

  /// JSON of any form.
  public enum AnyJSON: Codable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .bool(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .string(text)
      } else if let elements = try? container.decode([AnyJSON].self) {
        self = .array(elements)
      } else {
        self = .object(try container.decode([String: AnyJSON].self))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .null: try container.encodeNil()
      case .bool(let flag): try container.encode(flag)
      case .number(let number): try container.encode(number)
      case .string(let text): try container.encode(text)
      case .array(let elements): try container.encode(elements)
      case .object(let members): try container.encode(members)
      }
    }
  }

  /// A query in the making.
  private struct Query {
    private(set) var text = ""
    // Everything that RFC 3986 §2.3 leaves as it is.
    private static let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    mutating func add(_ name: String, _ value: String?) {
      guard let value else { return }
      text += (text.isEmpty ? "?" : "&") + name + "="
      text += value.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
    }
  }

  private func encode<Failure: CallFailure>(
    _ input: some Encodable, into request: inout Request, _: Failure.Type
  ) throws(Failure) {
    do {
      // A repetition has the same bytes: the order of members would be another one each time.
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      request.body = try encoder.encode(input)
      request.headers["Content-Type"] = "application/json"
    } catch {
      throw .noAnswer(error)
    }
  }

  private func perform<Failure: CallFailure>(_ request: Request, _: Failure.Type) async throws(Failure) -> Response {
    var request = request
    request.headers.merge(headers) { own, _ in own }
    let response: Response
    do {
      response = try await transport.send(request)
    } catch {
      throw .noAnswer(error)
    }
    return try successful(response, Failure.self)
  }

  private func successful<Failure: CallFailure>(_ response: Response, _: Failure.Type) throws(Failure) -> Response {
    if (200..<300).contains(response.status) { return response }
    guard let problem = Problem(response) else { throw .unreadable(response) }
    throw Failure(problem)
  }

  /// The same with a body in parts: one document for each line, made when the transport has room for it.
  private func perform<Elements: AsyncSequence, Failure: CallFailure>(
    _ request: Request, lines input: Elements, _: Failure.Type
  ) async throws(Failure) -> Response where Elements.Element: Encodable {
    var request = request
    request.headers.merge(headers) { own, _ in own }
    request.headers["Content-Type"] = "application/x-ndjson"
    let response: Response
    do {
      var elements = input.makeAsyncIterator()
      let encoder = JSONEncoder()
      response = try await transport.send(request) {
        guard let element = try await elements.next() else { return nil }
        return try encoder.encode(element) + Data("\n".utf8)
      }
    } catch {
      throw .noAnswer(error)
    }
    return try successful(response, Failure.self)
  }

  /// The lines of a body whose answer comes in parts, too: such a request is sent as a whole.
  private func collect<Elements: AsyncSequence, Failure: CallFailure>(
    _ input: Elements, into request: inout Request, _: Failure.Type
  ) async throws(Failure) where Elements.Element: Encodable {
    do {
      var body = Data()
      for try await element in input { body += try JSONEncoder().encode(element) + Data("\n".utf8) }
      request.body = body
      request.headers["Content-Type"] = "application/x-ndjson"
    } catch {
      throw .noAnswer(error)
    }
  }

  private func decode<Value: Decodable, Failure: CallFailure>(
    _ response: Response, as type: Value.Type, _: Failure.Type
  ) throws(Failure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: response.body)
    } catch {
      throw .unreadable(response)
    }
  }

  /// The elements of an answer in parts, as they come. Leaving the loop over them ends the request.
  private func elements<Value: Decodable & Sendable, Failure: CallFailure>(
    of request: Request, as type: Value.Type, _: Failure.Type
  ) async throws(Failure) -> AsyncThrowingStream<Value, any Error> {
    var request = request
    request.headers.merge(headers) { own, _ in own }
    request.headers["Accept"] = "application/x-ndjson, application/problem+json"
    do {
      var (response, body) = try await transport.stream(request)
      guard (200..<300).contains(response.status) else {
        for try await piece in body { response.body += piece }
        guard let problem = Problem(response) else { throw Failure.unreadable(response) }
        throw Failure(problem)
      }
      return Self.elements(of: body, response, Failure.self)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .noAnswer(error)
    }
  }

  /// One document for each line.
  private static func elements<Value: Decodable & Sendable, Failure: CallFailure>(
    of body: AsyncThrowingStream<Data, any Error>, _ response: Response, _: Failure.Type
  ) -> AsyncThrowingStream<Value, any Error> {
    AsyncThrowingStream { continuation in
      let task = Task {
        do {
          var rest = Data()
          for try await piece in body {
            rest += piece
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
              let line = rest[rest.startIndex..<end]
              guard let value = try? JSONDecoder().decode(Value.self, from: line) else { throw Failure.unreadable(response) }
              continuation.yield(value)
              rest = Data(rest[rest.index(after: end)...])
            }
          }
          continuation.finish(throwing: rest.isEmpty ? nil : Failure.unreadable(response))
        } catch let failure as Failure {
          continuation.finish(throwing: failure)
        } catch {
          continuation.finish(throwing: Failure.noAnswer(error))
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
