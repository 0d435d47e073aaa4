/// A flow's plan, as the machine walks it: a flat program over the uses of its steps.
///
/// RouteGen writes it as text, one line each, which costs the Swift compiler next to nothing and can be read:
///
/// ```
/// use validate-checkout line=20
/// use load-user line=22 needs=db timeout=100000000
/// use load-cart line=23 needs=db timeout=100000000
/// use render-receipt line=30
/// run 0
/// fork all-required 3 5 then=7
/// run 1
/// arrive
/// run 2
/// …
/// ```
///
/// `use` lines come first and are numbered from 0; then instructions, numbered from 0. Control falls through to the next
/// instruction unless stated otherwise:
///
/// | line | meaning |
/// |---|---|
/// | `use NAME line=N …` | one use of a step |
/// | `run U [inserts=PC,PC] [replaces=PC,PC]` | run use `U`; where its fragments begin |
/// | `run U … else=PC` | where the plan goes on when the use has failed for good |
/// | `run U … undo=PC` | what runs when the use has succeeded and the request fails later |
/// | `part` | wait for the next part of the input: before the `run` of the step that takes them |
/// | `detach PC` | a strand for the code at `PC`, for which the answer does not wait |
/// | `fork JOIN PC PC … then=PC` | one strand per branch; the plan goes on at `then` when the join is met |
/// | `arrive` | a branch, a compensation or a detached use has ended |
/// | `test C else=PC` | go on when condition `C` holds, otherwise jump |
/// | `jump PC` | |
///
/// Behind a use stand `file=MODULE/FILE`, `needs=db,time`, `timeout=NANOSECONDS`, `retry=N backoff=NANOSECONDS..NANOSECONDS`, `cooperative`,
/// `parts` for a step that takes the input in parts, and `built-in` for what is no step but a small thing that generated code does itself.
///
/// `JOIN` is `all`, `all-required`, `any`, `first-success` or `quorum-N`. A plan ends with a `run` that ends the request.
public struct Plan: Sendable {
  public struct Use: Equatable, Sendable {
    public var step: String
    /// Line of the `.flow` file, for logs.
    public var line: Int
    /// Module and file of a step that another file than the flow's own brings in; `nil` for its own.
    public var file: String?
    public var needs: [EffectKind] = []
    /// Of each attempt.
    public var timeout: Duration?
    public var retry: RetryPolicy?
    public var isCooperative = false
    /// Takes the input of the flow in parts.
    public var takesParts = false
    /// Runs no step: a loop, a default.
    public var isBuiltIn = false
  }

  /// One step of the machine. Trivial values: what has a length stands in `forks` and `choices`.
  public enum Instruction: Equatable, Sendable {
    /// Run a use. `choice` is an index into `choices` when the use may insert, replace or fall back, otherwise -1.
    case run(use: Int, choice: Int)
    /// Wait for the next part of the input.
    case part
    case detach(Int)
    /// An index into `forks`.
    case fork(Int)
    case arrive
    case test(condition: Int, otherwise: Int)
    case jump(Int)
  }

  /// A parallel group: where its branches begin, and where the plan goes on.
  public struct Fork: Equatable, Sendable {
    public var join: Join
    public var branches: [Int]
    public var then: Int
  }

  /// Where the fragments of one use begin, where the plan goes on when it has failed, and where its compensation begins:
  /// -1 for nowhere.
  public struct Choice: Equatable, Sendable {
    public var inserts: [Int]
    public var replaces: [Int]
    public var otherwise = -1
    public var undo = -1
  }

  public private(set) var uses: [Use] = []
  public private(set) var instructions: [Instruction] = []
  public private(set) var forks: [Fork] = []
  public private(set) var choices: [Choice] = []

  /// Reads the text form that RouteGen writes. A mistake is RouteGen's own, so it traps.
  @_spi(Server) public init(assembly: String) {
    for line in assembly.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      if first == "use" { uses.append(Use(words: words)) } else { appendInstruction(words) }
    }
    checkTargets()
  }

  private mutating func appendInstruction(_ words: [String]) {
    func targets(_ prefix: String) -> [Int] {
      words.first { $0.hasPrefix(prefix) }
        .map { $0.dropFirst(prefix.count).split(separator: ",").map { Int($0)! } } ?? []
    }
    switch words[0] {
    case "run":
      let choice = Choice(
        inserts: targets("inserts="), replaces: targets("replaces="), otherwise: targets("else=").first ?? -1,
        undo: targets("undo=").first ?? -1)
      if choice.inserts.isEmpty && choice.replaces.isEmpty && choice.otherwise < 0 && choice.undo < 0 {
        instructions.append(.run(use: Int(words[1])!, choice: -1))
      } else {
        instructions.append(.run(use: Int(words[1])!, choice: choices.count))
        choices.append(choice)
      }
    case "fork":
      instructions.append(.fork(forks.count))
      forks.append(
        Fork(
          join: Join(word: words[1]), branches: words[2..<(words.count - 1)].map { Int($0)! }, then: targets("then=")[0]))
    case "detach": instructions.append(.detach(Int(words[1])!))
    case "part": instructions.append(.part)
    case "arrive": instructions.append(.arrive)
    case "test": instructions.append(.test(condition: Int(words[1])!, otherwise: targets("else=")[0]))
    case "jump": instructions.append(.jump(Int(words[1])!))
    default: preconditionFailure("a plan has no instruction \(words[0])")
    }
  }

  private func checkTargets() {
    precondition(!instructions.isEmpty, "a plan does something")
    for instruction in instructions {
      switch instruction {
      case .run(let use, _): precondition(uses.indices.contains(use), "a plan runs only its own uses")
      case .detach(let target): checkSection(target)
      case .test(_, let target), .jump(let target):
        precondition(instructions.indices.contains(target), "a jump stays inside the plan")
      case .fork, .arrive, .part: continue
      }
    }
    for fork in forks {
      precondition(!fork.branches.isEmpty, "a group has a branch")
      precondition((fork.branches + [fork.then]).allSatisfy(instructions.indices.contains), "a branch begins inside the plan")
    }
    for choice in choices {
      precondition(
        (choice.inserts + choice.replaces).allSatisfy(instructions.indices.contains), "a fragment begins inside the plan")
      precondition(choice.otherwise <= instructions.count, "a fallback stays inside the plan")
      if choice.undo >= 0 { checkSection(choice.undo) }
    }
  }

  /// What a compensation or a detached use does begins with the run of its step.
  private func checkSection(_ target: Int) {
    guard instructions.indices.contains(target), case .run = instructions[target] else {
      preconditionFailure("a compensation or a detached use runs a step")
    }
  }
}
