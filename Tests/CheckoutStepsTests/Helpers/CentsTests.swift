@testable import CheckoutSteps
import Testing

@Suite struct CentsTests {
  @Test("a share is rounded half up", arguments: [(100, 19_00, 19), (5, 10_00, 1), (4, 10_00, 0), (0, 19_00, 0), (999, 7_00, 70)])
  func share(cents: Int, basisPoints: Int, expected: Int) {
    #expect(Cents.share(of: cents, basisPoints: basisPoints) == expected)
  }

  @Test(
    "parts add up to the whole, and the largest remainders get what rounding leaves",
    arguments: [
      (100, [1, 1, 1], [34, 33, 33]), (1, [5, 5], [1, 0]), (10, [1, 2, 7], [1, 2, 7]), (10, [0, 3], [0, 10]),
      (5, [1, 2, 2], [1, 2, 2]), (7, [3, 3, 1], [3, 3, 1]), (2, [3, 4, 3], [1, 1, 0]), (0, [0, 0], [0, 0]), (0, [], []),
    ])
  func split(cents: Int, weights: [Int], expected: [Int]) {
    #expect(Cents.split(cents, byWeights: weights) == expected)
  }
}
