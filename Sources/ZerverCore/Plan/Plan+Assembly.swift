extension Plan {
  /// Reads the text form that RouteGen writes. A mistake is RouteGen's own, so it traps.
  package init(assembly: String) {
    var uses: [Use] = []
    var instructions: [Instruction] = []
    for line in assembly.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      switch words.first {
      case "use": uses.append(Use(words: words))
      case .some: instructions.append(Instruction(words: words))
      case nil: continue
      }
    }
    self.init(uses: uses, instructions: instructions)
  }
}

extension Plan.Use {
  fileprivate init(words: [String]) {
    precondition(words.count >= 3 && words[2].hasPrefix("line="), "use NAME line=N …")
    step = words[1]
    line = Int(words[2].dropFirst(5))!
    for word in words.dropFirst(3) {
      if word == "cooperative" {
        isCooperative = true
      } else if word.hasPrefix("needs=") {
        needs = word.dropFirst(6).split(separator: ",").map { name in EffectKind.allCases.first { $0.name == name }! }
      } else if word.hasPrefix("timeout=") {
        timeout = .nanoseconds(Int64(word.dropFirst(8))!)
      } else {
        preconditionFailure("a use has no attribute \(word)")
      }
    }
  }
}

extension Plan.Instruction {
  fileprivate init(words: [String]) {
    func target(_ prefix: String) -> Int { Int(words.last!.dropFirst(prefix.count))! }
    func list(_ prefix: String) -> [Int] {
      words.first { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).split(separator: ",").map { Int($0)! } } ?? []
    }
    switch words[0] {
    case "run": self = .run(use: Int(words[1])!, inserts: list("inserts="), replaces: list("replaces="))
    case "fork":
      self = .fork(join: Join(word: words[1]), branches: words[2..<(words.count - 1)].map { Int($0)! }, then: target("then="))
    case "arrive": self = .arrive
    case "test": self = .test(condition: Int(words[1])!, otherwise: target("else="))
    case "jump": self = .jump(Int(words[1])!)
    default: preconditionFailure("a plan has no instruction \(words[0])")
    }
  }
}

extension Join {
  fileprivate init(word: String) {
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
