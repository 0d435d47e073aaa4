/// A plan without its values: which steps run, in which order, and what becomes of one that fails. Plans of `.flow` files
/// and plans in Swift both have one, so that one set of rules judges both.
///
/// - Parameter Place: where something is written.
package indirect enum PlanOutline<Place: Hashable> {
  case use(Use)
  /// - Parameter needsAll: a branch that fails makes the group fail.
  case parallel(needsAll: Bool, branches: [[PlanOutline]])
  /// One of these ways is taken.
  case choice([[PlanOutline]])
  /// One round after the other.
  case loop(roundsMax: Int, body: [PlanOutline])

  package struct Step: Hashable {
    package let name: String
    /// Of its use.
    package let place: Place
    /// `nil` where nobody knows.
    package let declaration: Place?
    package let needs: [String]
    let declaresErrors: Bool
    /// It changes nothing.
    let isSafe: Bool
    /// Running it twice leaves the same as running it once.
    let isRepeatable: Bool

    package init(
      _ name: String, at place: Place, declaredAt declaration: Place? = nil, needs: [String], declaresErrors: Bool, isSafe: Bool,
      isRepeatable: Bool
    ) {
      self.name = name
      self.place = place
      self.declaration = declaration
      self.needs = needs
      self.declaresErrors = declaresErrors
      self.isSafe = isSafe
      self.isRepeatable = isRepeatable
    }

    /// It needs something outside of the server, which can keep it waiting. The clock and the random numbers cannot.
    var reachesOut: Bool { needs.contains { $0 != "time" && $0 != "crypto" } }
    var canFail: Bool { reachesOut || declaresErrors }
  }

  package enum Fallback {
    case none
    /// The plan goes on with a value, or without one.
    case value
    case step(Step)
  }

  package struct Use {
    package var step: Step
    package var timeoutNanoseconds: Int?
    package var retry: Retry?
    package var fallback = Fallback.none
    package var hasUndo = false
    package var isDetached = false
    /// What the step may run before the plan goes on.
    package var inserts: [[PlanOutline]] = []
    /// What runs instead of the rest: when the step chooses so, or when it has failed with a certain error.
    package var replaces: [[PlanOutline]] = []

    package init(_ step: Step) { self.step = step }
  }

  package struct Retry {
    let attempts: Int
    let backoffNanoseconds: Int
    let backoffMaxNanoseconds: Int

    /// - Parameter attempts: after the first.
    package init(attempts: Int, backoffNanoseconds: Int, backoffMaxNanoseconds: Int) {
      self.attempts = attempts
      self.backoffNanoseconds = backoffNanoseconds
      self.backoffMaxNanoseconds = backoffMaxNanoseconds
    }

    /// Each wait doubles up to the longest, and a random part of it is waited: at most all of it.
    var longestWaits: Int {
      var wait = backoffNanoseconds
      var sum = 0
      // Somebody may have asked for any number of attempts, which is reported elsewhere.
      var left = max(0, attempts)
      while left > 0, wait < backoffMaxNanoseconds, wait > 0 {
        sum = sum.saturatingSum(wait)
        wait = wait.saturatingProduct(2)
        left -= 1
      }
      return sum.saturatingSum(left.saturatingProduct(max(0, min(wait, backoffMaxNanoseconds))))
    }
  }
}

extension Int {
  // Rounds of loops in loops multiply beyond all bounds, and whoever compares with a deadline has lost by then.

  func saturatingSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func saturatingProduct(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
