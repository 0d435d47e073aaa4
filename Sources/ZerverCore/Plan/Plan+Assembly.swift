extension Plan.Use {
  init(words: [String]) {
    precondition(words.count >= 3 && words[2].hasPrefix("line="), "use NAME line=N …")
    step = words[1]
    line = Int(words[2].dropFirst(5))!
    for word in words.dropFirst(3) {
      if word == "cooperative" {
        isCooperative = true
      } else if word == "parts" {
        takesParts = true
      } else if word == "built-in" {
        isBuiltIn = true
      } else if word.hasPrefix("retry=") {
        retry = RetryPolicy(attempts: Int(word.dropFirst(6))!, backoff: ExponentialBackoff(words: words))
      } else if word.hasPrefix("needs=") {
        needs = word.dropFirst(6).split(separator: ",").map { name in EffectKind.allCases.first { $0.name == name }! }
      } else if word.hasPrefix("file=") {
        file = word.dropFirst(5).split(separator: "%20").joined(separator: " ")
      } else if word.hasPrefix("timeout=") {
        timeout = .nanoseconds(Int64(word.dropFirst(8))!)
      } else if !word.hasPrefix("backoff=") {
        preconditionFailure("a use has no attribute \(word)")
      }
    }
  }
}

extension Join {
  init(word: String) {
    switch word {
    case "all": self = .all
    case "all-required": self = .allRequired
    case "any": self = .any
    case "first-success": self = .firstSuccess
    default:
      precondition(word.hasPrefix("quorum-"), "a join is one of five")
      self = .quorum(Int(word.dropFirst(7))!)
    }
  }
}

extension ExponentialBackoff {
  /// `backoff=10000000..80000000`
  init(words: [String]) {
    guard let word = words.first(where: { $0.hasPrefix("backoff=") }) else { preconditionFailure("a retry has a backoff") }
    let ends = word.dropFirst(8).split(separator: ".", omittingEmptySubsequences: true)
    precondition(ends.count == 2, "a backoff has two ends")
    self.init(firstNanoseconds: UInt64(ends[0])!, maxNanoseconds: UInt64(ends[1])!)
  }
}

extension Join {
  /// The join in the plan's text.
  var word: String {
    switch self {
    case .all: "all"
    case .allRequired: "all-required"
    case .any: "any"
    case .firstSuccess: "first-success"
    case .quorum(let count): "quorum-\(count)"
    }
  }
}
