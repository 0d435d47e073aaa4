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
/// | `use NAME line=N [needs=db,time] [timeout=NANOSECONDS] [cooperative]` | one use of a step |
/// | `run U [inserts=PC,PC] [replaces=PC,PC]` | run use `U`; where its fragments begin |
/// | `fork JOIN PC PC … then=PC` | one strand per branch; the plan goes on at `then` when the join is met |
/// | `arrive` | a branch has ended |
/// | `test C else=PC` | go on when condition `C` holds, otherwise jump |
/// | `jump PC` | |
///
/// `JOIN` is `all`, `all-required`, `any`, `first-success` or `quorum-N`. A plan ends with a `run` that ends the request.
public struct Plan: Sendable {
  public struct Use: Equatable, Sendable {
    public var step: String
    /// Line of the `.flow` file, for logs.
    public var line: Int
    public var needs: [EffectKind] = []
    public var timeout: Duration?
    public var isCooperative = false
  }

  public enum Instruction: Equatable, Sendable {
    case run(use: Int, inserts: [Int], replaces: [Int])
    case fork(join: Join, branches: [Int], then: Int)
    case arrive
    case test(condition: Int, otherwise: Int)
    case jump(Int)
  }

  public let uses: [Use]
  public let instructions: [Instruction]

  package init(uses: [Use], instructions: [Instruction]) {
    self.uses = uses
    self.instructions = instructions
    for instruction in instructions {
      switch instruction {
      case .run(let use, let inserts, let replaces):
        precondition(uses.indices.contains(use), "a plan runs only its own uses")
        precondition((inserts + replaces).allSatisfy(instructions.indices.contains), "a fragment begins inside the plan")
      case .fork(_, let branches, let then):
        precondition((branches + [then]).allSatisfy(instructions.indices.contains), "a branch begins inside the plan")
        precondition(!branches.isEmpty && branches.count < RequestMachine.strandsMax, "every branch has a strand")
      case .test(_, let target), .jump(let target):
        precondition(instructions.indices.contains(target), "a jump stays inside the plan")
      case .arrive: continue
      }
    }
  }
}
