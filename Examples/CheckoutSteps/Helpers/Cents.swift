/// Arithmetic on whole cents. Amounts are never fractions, so every rounding is written here once.
enum Cents {
  /// A share of an amount in hundredths of a percent, rounded half up.
  static func share(of cents: Int, basisPoints: Int) -> Int { (cents * basisPoints + 5_000) / 10_000 }

  /// Splits an amount in the proportion of the weights, so that the parts add up to it exactly.
  ///
  /// Every part is first rounded down. The cents that are left go to the largest remainders, among equal ones to the
  /// first, so the same cart is always split the same way.
  static func split(_ cents: Int, byWeights weights: [Int]) -> [Int] {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return weights.map { _ in 0 } }
    var parts = weights.map { cents * $0 / sum }
    let remainders = weights.map { cents * $0 % sum }
    let order = weights.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
    for index in order.prefix(cents - parts.reduce(0, +)) { parts[index] += 1 }
    return parts
  }
}
