/// Counts how many of a group have completed, for effects and for branches alike.
struct JoinCount: Equatable {
  enum Verdict: Equatable {
    case pending
    case met
    /// The join cannot be met any more.
    case failed
  }

  let join: Join
  let total: Int
  private(set) var completed = 0
  private(set) var succeeded = 0

  init(_ join: Join, of total: Int) {
    self.join = join
    self.total = total
  }

  mutating func completed(succeeded success: Bool) -> Verdict {
    precondition(completed < total, "a member completes once")
    completed += 1
    if success { succeeded += 1 }
    switch join {
    case .all: return completed == total ? .met : .pending
    case .allRequired: return !success ? .failed : completed == total ? .met : .pending
    case .any: return .met
    case .firstSuccess: return success ? .met : completed == total ? .failed : .pending
    case .quorum(let wanted):
      if succeeded >= wanted { return .met }
      return succeeded + (total - completed) < wanted ? .failed : .pending
    }
  }
}
