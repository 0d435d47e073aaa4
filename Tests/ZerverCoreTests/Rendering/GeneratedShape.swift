import ZerverCore

// What RouteGen writes for these declarations, written by hand: the generator's output has this shape.
//
//   enum   Tier { free, plus, pro-annual }
//   record OrderLine { product-id: string length 1..64   quantity: int range 1..100   note: string? length 0..200 }
//   record Order {
//     cart-id: string length 1..64          card: string sensitive         tier: Tier = free
//     lines: [OrderLine] items 1..50        discount: float? range 0.0..0.9
//     gift: bool = false                    coupon: string? pattern "[A-Z0-9-]+"
//     labels: [string: string] items 0..8   prices: [string: float]?       tags: [string]
//     owner: OrderLine? sensitive
//   }
//   record Search { page: int? range 1..1000   text: string length 1..80   tier: Tier?   exact: bool = false   below: float? }

enum Tier: Equatable, Sendable {
  case free, plus, proAnnual
}

extension Tier: JSONEncodable, JSONDecodable, QueryDecodable {
  func encodeJSON(to buffer: inout ByteBuffer) {
    switch self {
    case .free: buffer.append("\"free\"")
    case .plus: buffer.append("\"plus\"")
    case .proAnnual: buffer.append("\"pro-annual\"")
    }
  }

  init(from reader: inout JSONReader) throws(InputError) {
    guard let value = Self(name: try reader.readToken()) else { throw reader.unknownCase("free, plus, pro-annual") }
    self = value
  }

  init(from reader: inout QueryReader) throws(InputError) {
    guard let value = Self(name: try reader.readToken()) else { throw reader.unknownCase("free, plus, pro-annual") }
    self = value
  }

  init?(name: FieldKey) {
    if name.matches("free") {
      self = .free
    } else if name.matches("plus") {
      self = .plus
    } else if name.matches("pro-annual") {
      self = .proAnnual
    } else {
      return nil
    }
  }
}

struct OrderLine: Equatable, Sendable {
  var productId: String
  var quantity: Int
  var note: String?
}

extension OrderLine: JSONEncodable, JSONDecodable {
  func encodeJSON(to buffer: inout ByteBuffer) {
    buffer.append("{\"product-id\":")
    productId.encodeJSON(to: &buffer)
    buffer.append(",\"quantity\":")
    quantity.encodeJSON(to: &buffer)
    if let note {
      buffer.append(",\"note\":")
      note.encodeJSON(to: &buffer)
    }
    buffer.append("}")
  }

  init(from reader: inout JSONReader) throws(InputError) {
    var fields = FieldSet()
    var productId: String?
    var quantity: Int?
    var note: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      if key.matches("product-id") {
        guard fields.insert(0) else { throw reader.duplicateField() }
        productId = try reader.readString(length: 1...64)
      } else if key.matches("quantity") {
        guard fields.insert(1) else { throw reader.duplicateField() }
        quantity = try reader.readInt(range: 1...100)
      } else if key.matches("note") {
        guard fields.insert(2) else { throw reader.duplicateField() }
        note = try reader.readNull() ? nil : reader.readString(length: 0...200)
      } else {
        throw reader.unknownField()
      }
    }
    guard let productId else { throw reader.missingField("product-id") }
    guard let quantity else { throw reader.missingField("quantity") }
    self.init(productId: productId, quantity: quantity, note: note)
  }
}

struct Order: Equatable, Sendable {
  var cartId: String
  var card: String
  var tier: Tier = .free
  var lines: [OrderLine]
  var discount: Double?
  var gift: Bool = false
  var coupon: String?
  var labels: [String: String]
  var prices: [String: Double]?
  var tags: [String]
  var owner: OrderLine?
}

extension Order: JSONEncodable, JSONDecodable {
  private static let couponPattern = PatternMatcher("[A-Z0-9-]+")

  func encodeJSON(to buffer: inout ByteBuffer) {
    buffer.append("{\"cart-id\":")
    cartId.encodeJSON(to: &buffer)
    buffer.append(",\"card\":")
    card.encodeJSON(to: &buffer)
    buffer.append(",\"tier\":")
    tier.encodeJSON(to: &buffer)
    buffer.append(",\"lines\":")
    lines.encodeJSON(to: &buffer)
    if let discount {
      buffer.append(",\"discount\":")
      discount.encodeJSON(to: &buffer)
    }
    buffer.append(",\"gift\":")
    gift.encodeJSON(to: &buffer)
    if let coupon {
      buffer.append(",\"coupon\":")
      coupon.encodeJSON(to: &buffer)
    }
    buffer.append(",\"labels\":")
    labels.encodeJSON(to: &buffer)
    if let prices {
      buffer.append(",\"prices\":")
      prices.encodeJSON(to: &buffer)
    }
    buffer.append(",\"tags\":")
    tags.encodeJSON(to: &buffer)
    if let owner {
      buffer.append(",\"owner\":")
      owner.encodeJSON(to: &buffer)
    }
    buffer.append("}")
  }

  init(from reader: inout JSONReader) throws(InputError) {
    var fields = FieldSet()
    var cartId: String?
    var card: String?
    var tier: Tier = .free
    var lines: [OrderLine]?
    var discount: Double?
    var gift = false
    var coupon: String?
    var labels: [String: String]?
    var prices: [String: Double]?
    var tags: [String]?
    var owner: OrderLine?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      if key.matches("cart-id") {
        guard fields.insert(0) else { throw reader.duplicateField() }
        cartId = try reader.readString(length: 1...64)
      } else if key.matches("card") {
        guard fields.insert(1) else { throw reader.duplicateField() }
        card = try reader.readString()
      } else if key.matches("tier") {
        guard fields.insert(2) else { throw reader.duplicateField() }
        tier = try Tier(from: &reader)
      } else if key.matches("lines") {
        guard fields.insert(3) else { throw reader.duplicateField() }
        lines = try reader.readList(of: OrderLine.self, items: 1...50)
      } else if key.matches("discount") {
        guard fields.insert(4) else { throw reader.duplicateField() }
        discount = try reader.readNull() ? nil : reader.readDouble(range: 0...0.9)
      } else if key.matches("gift") {
        guard fields.insert(5) else { throw reader.duplicateField() }
        gift = try reader.readBool()
      } else if key.matches("coupon") {
        guard fields.insert(6) else { throw reader.duplicateField() }
        coupon = try reader.readNull() ? nil : reader.readString(pattern: Self.couponPattern)
      } else if key.matches("labels") {
        guard fields.insert(7) else { throw reader.duplicateField() }
        labels = try reader.readMap(of: String.self, items: 0...8)
      } else if key.matches("prices") {
        guard fields.insert(8) else { throw reader.duplicateField() }
        prices = try reader.readNull() ? nil : reader.readMap(of: Double.self)
      } else if key.matches("tags") {
        guard fields.insert(9) else { throw reader.duplicateField() }
        tags = try reader.readList { (reader: inout JSONReader) throws(InputError) in try reader.readString(length: 1...20) }
      } else if key.matches("owner") {
        guard fields.insert(10) else { throw reader.duplicateField() }
        let sensitive = reader.enterSensitive()
        owner = try reader.readNull() ? nil : OrderLine(from: &reader)
        reader.leaveSensitive(sensitive)
      } else {
        throw reader.unknownField()
      }
    }
    guard let cartId else { throw reader.missingField("cart-id") }
    guard let card else { throw reader.missingField("card") }
    guard let lines else { throw reader.missingField("lines") }
    guard let labels else { throw reader.missingField("labels") }
    guard let tags else { throw reader.missingField("tags") }
    self.init(
      cartId: cartId, card: card, tier: tier, lines: lines, discount: discount, gift: gift, coupon: coupon,
      labels: labels, prices: prices, tags: tags, owner: owner)
  }
}

/// Every field may come first, or none: the first one is optional.
struct Search: Equatable, Sendable {
  var page: Int?
  var text: String
  var tier: Tier?
  var exact: Bool = false
  var below: Double?
}

extension Search: JSONEncodable, QueryDecodable {
  func encodeJSON(to buffer: inout ByteBuffer) {
    let start = buffer.beginJSONObject()
    if let page {
      buffer.append(",\"page\":")
      page.encodeJSON(to: &buffer)
    }
    buffer.append(",\"text\":")
    text.encodeJSON(to: &buffer)
    if let tier {
      buffer.append(",\"tier\":")
      tier.encodeJSON(to: &buffer)
    }
    buffer.append(",\"exact\":")
    exact.encodeJSON(to: &buffer)
    if let below {
      buffer.append(",\"below\":")
      below.encodeJSON(to: &buffer)
    }
    buffer.endJSONObject(start)
  }

  init(from reader: inout QueryReader) throws(InputError) {
    var fields = FieldSet()
    var page: Int?
    var text: String?
    var tier: Tier?
    var exact = false
    var below: Double?
    while let key = try reader.nextKey() {
      if key.matches("page") {
        guard fields.insert(0) else { throw reader.duplicateField() }
        page = try reader.readInt(range: 1...1000)
      } else if key.matches("text") {
        guard fields.insert(1) else { throw reader.duplicateField() }
        text = try reader.readString(length: 1...80)
      } else if key.matches("tier") {
        guard fields.insert(2) else { throw reader.duplicateField() }
        tier = try Tier(from: &reader)
      } else if key.matches("exact") {
        guard fields.insert(3) else { throw reader.duplicateField() }
        exact = try reader.readBool()
      } else if key.matches("below") {
        guard fields.insert(4) else { throw reader.duplicateField() }
        below = try reader.readDouble()
      } else {
        throw reader.unknownField()
      }
    }
    guard let text else { throw reader.missingField("text") }
    self.init(page: page, text: text, tier: tier, exact: exact, below: below)
  }
}
