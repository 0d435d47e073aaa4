/// The shop's terms: every rate and threshold that pricing uses.
enum PriceList {
  static let currency = "EUR"

  /// Carts from this total on are held against the customer's credit limit.
  static let creditCheckFromCents = 500_00

  /// Discount on a line for buying many pieces of one product, in hundredths of a percent.
  static func quantityBasisPoints(pieces: Int) -> Int {
    switch pieces {
    case 25...: 10_00
    case 10...: 5_00
    default: 0
    }
  }

  /// Discount on all goods for the customer's tier, in hundredths of a percent.
  static func tierBasisPoints(_ tier: Tier) -> Int {
    switch tier {
    case .free: 0
    case .plus: 3_00
    case .pro: 5_00
    }
  }

  /// What delivery costs, tax included. Standard delivery is free for `pro` and for goods worth 50 and more.
  static func deliveryCents(_ delivery: Delivery, tier: Tier, goodsCents: Int) -> Int {
    switch delivery {
    case .express: 12_90
    case .standard: tier == .pro || goodsCents >= 50_00 ? 0 : 4_90
    }
  }
}
