/// Writes down a plan while its closure runs: once, when the flow is built.
///
/// The functions of a plan (`step`, `parallel`, `when`) find it in a task-local value, so that a plan reads like a plan.
/// The closure runs on one thread from beginning to end and the recorder ends with it, so nobody shares it.
@usableFromInline
final class PlanRecorder: @unchecked Sendable {
  @TaskLocal static var current: PlanRecorder?

  @usableFromInline typealias Code = @Sendable (inout RequestContext) -> StepOutcome

  /// One use of a step.
  struct Use: Sendable {
    var declaration: StepDeclaration
    var place: FlowPlace
    /// Of each attempt.
    var timeout: Duration?
    var retry: Retry?
    var isDone = false
    /// The plan goes on when the step has failed for good.
    var isOptional = false
    /// The request is answered without waiting for it.
    var isDetached = false
    /// The use that runs when the request fails after this one has succeeded.
    var undo: Int?
    /// Inside a loop: the use that forgets what was put aside for `undo`.
    var forgetting: Int?
    /// The use that stands in for this one when it has failed for good.
    var fallback: Int?
    /// What becomes of declared errors of this use alone, in the order of their lines.
    var handlers: [ErrorHandler] = []
    /// Of the step's output, for messages.
    var outputType: String
    var slot: Int?
    /// Fragments that the step may choose, by name.
    var inserts: [String: [PlanNode]] = [:]
    var replaces: [String: [PlanNode]] = [:]
    /// No step: what the plan does itself.
    var isBuiltIn = false
    var allowances: [Allowance] = []
    var code: Code
  }

  struct ErrorHandler: Sendable {
    enum Target: Sendable {
      case status(UInt16)
      /// Statements that run instead of the rest of the plan.
      case fragment([PlanNode])
    }
    let code: String
    let target: Target
    let place: FlowPlace
  }

  struct Retry: Equatable, Sendable {
    /// After the first attempt.
    let attempts: Int
    let backoff: Duration
    let backoffMax: Duration
  }

  /// Statements between two braces.
  struct Block {
    var nodes: [PlanNode] = []
    /// Where the block has answered: what comes behind never runs.
    var end: FlowPlace?
    /// Slots that are certainly written here, and those that may be.
    var written: UInt64
    var maybe: UInt64
  }

  let identity = PlanIdentity()
  let place: FlowPlace
  @usableFromInline let form: AnswerForm
  /// A `HeaderWriter` of the flow's output.
  private let headers: (any Sendable)?
  var uses: [Use] = []
  var conditions: [PlanCondition.Test] = []
  /// Of each condition, for who reads the plan.
  var conditionTexts: [String] = []
  var releases: [@Sendable (inout RequestContext) -> Void] = []
  var frameBytes = 0
  var block = Block(written: 0, maybe: 0)
  var branchDepth = 0
  /// Blocks around the statement, the plan's own not counted.
  private var blockDepth = 0
  /// The input comes in parts.
  private var takesParts = false
  /// Where the plan reads an input in parts, and whether the statement that comes next does.
  private var inputReads: [FlowPlace] = []
  private var readsInput = false
  /// Whether the steps recorded last were put into a `branch`.
  var isExplicitBranch = false
  var group: Group?
  /// In a loop, not counting one around a fragment's use.
  var isInLoop = false
  /// The first slot of the outermost loop around: those from here on do not outlive their round.
  var roundSlot: Int?
  /// For each slot, what copies its value out of a frame and back.
  private(set) var copies: [SlotCopy] = []
  /// Where the request's precondition was read first.
  private(set) var preconditionPlace: FlowPlace?
  /// Slots that have been read since this was emptied.
  var recentlyRead: UInt64 = 0
  var answers: [(type: ObjectIdentifier, name: String, place: FlowPlace)] = []
  private(set) var problems: [FlowProblem] = []
  private var slotPlaces: [FlowPlace] = []
  private var readSlots: UInt64 = 0

  /// - Parameter slotCount: slots that are taken already, by the plan around a fragment.
  init(
    _ form: AnswerForm, headers: (any Sendable)? = nil, at place: FlowPlace, slotCount: Int = 0, frameBytes: Int = 0
  ) {
    self.headers = headers
    self.form = form
    self.place = place
    self.frameBytes = frameBytes
    slotPlaces = Array(repeating: place, count: slotCount)
    // Those of the plan around live as long as the request.
    copies = Array(repeating: .none, count: slotCount)
    // Whether those have been written, was checked when the plan around was compiled.
    block.written = slotCount == Frame.slotsMax ? .max : 1 << UInt64(slotCount) - 1
  }

  /// What writes the header fields of an answer of this type.
  @usableFromInline
  func headers<Output>(of type: Output.Type) -> HeaderWriter<Output>? { headers as? HeaderWriter<Output> }

  var slotCount: Int { slotPlaces.count }

  @usableFromInline static func here() -> PlanRecorder? { current }

  func report(_ problem: FlowProblem) { problems.append(problem) }

  // MARK: Values

  /// The flow's input, in the first slot.
  func input<Input>(_ type: Input.Type, inParts takesParts: Bool = false) -> Handle<Input> {
    self.takesParts = takesParts
    let slot = allocate(type, at: place)
    // A flow may do without its input.
    readSlots |= 1 << UInt64(slot.index)
    return handle(slot, use: nil, at: place, name: "input")
  }

  /// On which condition the request may be carried out. The context holds it, so it takes no slot.
  func precondition(at place: FlowPlace) -> Handle<Precondition> {
    preconditionPlace = preconditionPlace ?? place
    var origin = HandleOrigin(plan: identity, place: place)
    origin.root = "precondition"
    return Handle(.computed { context in context.precondition }, origin)
  }

  func allocate<Value>(_ type: Value.Type, at place: FlowPlace) -> Slot<Value> {
    let alignment = MemoryLayout<Value>.alignment
    var slot = Slot<Value>(index: slotPlaces.count, offset: (frameBytes + alignment - 1) & ~(alignment - 1))
    if slotPlaces.count == Frame.slotsMax {
      report(.tooManyValues(Frame.slotsMax, at: place))
      // The flow will not be served; the number has to stay a bit.
      slot = Slot(index: Frame.slotsMax - 1, offset: slot.offset)
    } else {
      slotPlaces.append(place)
      copies.append(SlotCopy(slot))
    }
    frameBytes = slot.end
    block.written |= 1 << UInt64(slot.index)
    return slot
  }

  func handle<Value>(
    _ slot: Slot<Value>, use: Int?, at place: FlowPlace, name: String? = nil, decide: Handle<Value>.Decide? = nil
  ) -> Handle<Value> {
    let bit: UInt64 = 1 << UInt64(slot.index)
    var origin = HandleOrigin(plan: identity, slots: bit, needed: bit, use: use, place: place)
    origin.root = name ?? FieldName.ofValue(Value.self)
    return Handle(.slot(index: slot.index, offset: slot.offset), origin, decide: decide)
  }

  /// Checks that a value is there when it is read here.
  func read(_ origin: HandleOrigin, at place: FlowPlace) {
    guard origin.plan === identity else {
      return report(.foreignHandle(place, from: origin.place, isOutside: origin.plan == nil))
    }
    readSlots |= origin.slots
    recentlyRead |= origin.slots
    if takesParts, origin.slots & 1 != 0 {
      inputReads.append(place)
      readsInput = origin.fields.isEmpty
    }
    let unknown = origin.slots & ~(block.written | block.maybe)
    if unknown != 0 { return report(.otherBranch(place, from: writer(of: unknown))) }
    let uncertain = origin.needed & ~block.written
    if uncertain != 0 { report(.mayBeEmpty(place, from: writer(of: uncertain))) }
  }

  /// Nobody has to read what a mistake has left without a place.
  func ignore(_ origin: HandleOrigin) { readSlots |= origin.slots }

  private func writer(of slots: UInt64) -> FlowPlace { slotPlaces[slots.trailingZeroBitCount] }

  // MARK: Statements

  func append(_ node: PlanNode, at place: FlowPlace) {
    if let end = block.end { report(.unreachable(place, after: end)) }
    block.nodes.append(node)
  }

  func add(_ use: Use) {
    checkParts(of: use.declaration, at: use.place)
    append(.use(number(use)), at: use.place)
  }

  /// A use that stands somewhere else than in the statements.
  func number(_ use: Use) -> Int {
    if uses.count == Self.usesMax { report(.planTooLarge(Self.usesMax, at: use.place)) }
    uses.append(use)
    return uses.count - 1
  }

  func add(_ condition: PlanCondition, at place: FlowPlace) -> Int {
    read(condition.origin, at: place)
    conditions.append(condition.test)
    conditionTexts.append(condition.text)
    return conditions.count - 1
  }

  /// Records the statements of `body` as a block of its own, which begins with what is known here.
  func recordBlock<Result>(_ body: () -> Result) -> (result: Result, block: Block) {
    let outer = block
    block = Block(written: outer.written, maybe: outer.maybe)
    blockDepth += 1
    let result = body()
    blockDepth -= 1
    let inner = block
    block = outer
    return (result, inner)
  }

  // MARK: The end

  /// The last checks, when the closure has returned.
  func finish<Output>(answeringWith output: Output.Type) {
    if block.end == nil { report(.emptyPlan(place)) }
    checkInput()
    for answer in answers where answer.type != ObjectIdentifier(output) {
      report(.answerType(answer.name, expected: "\(output)", at: answer.place))
    }
    checkUses()
    handleErrors()
    for node in block.nodes where node.strands > Self.strandsMax {
      report(.tooManyStrands(node.strands, max: Self.strandsMax, at: place))
    }
  }

  /// An input in parts is taken by one step.
  private func checkInput() {
    guard takesParts else { return }
    if inputReads.isEmpty { report(.unreadStream(place)) }
    for second in inputReads.dropFirst() { report(.secondReader(second, first: inputReads[0])) }
  }

  /// Of a step that the plan has come to, whose values have been read.
  private func checkParts(of declaration: StepDeclaration, at place: FlowPlace) {
    if declaration.takesParts || readsInput {
      if declaration.takesParts != readsInput {
        report(.partsOfStep(declaration.name, declaresThem: declaration.takesParts, at: place))
      } else if blockDepth > 0 || branchDepth > 0 {
        report(.streamPlace(declaration.name, at: place))
      }
    }
    if declaration.takesParts, declaration.isStream { report(.streamBothWays(declaration.name, at: place)) }
    readsInput = false
  }

  private func checkUses() {
    for use in uses {
      for name in use.declaration.mayInsert where use.inserts[name] == nil {
        report(.missingFragment(name, step: use.declaration.name, isInserted: true, at: use.place))
      }
      for name in use.declaration.mayReplace where use.replaces[name] == nil {
        report(.missingFragment(name, step: use.declaration.name, isInserted: false, at: use.place))
      }
    }
    for use in uses where use.isDone && (use.isOptional || use.isDetached || use.undo != nil || use.fallback != nil) {
      report(.modifierOfAnswer(use.declaration.name, at: use.place))
    }
    for use in uses where use.declaration.takesParts && (use.isOptional || use.isDetached || use.retry != nil || use.fallback != nil) {
      report(.streamModifier(use.declaration.name, at: use.place))
    }
    for use in uses where use.declaration.isStream {
      if use.isDone, case .stream = form { continue }
      report(.streamStep(use.declaration.name, isDone: use.isDone, at: use.place))
    }
    for use in uses where !use.isDone {
      guard let slot = use.slot, readSlots & (1 << UInt64(slot)) == 0 else { continue }
      report(
        use.isBuiltIn
          ? .droppedList(type: use.outputType, at: use.place)
          : .droppedOutput(use.declaration.name, type: use.outputType, at: use.place))
    }
  }

  /// The same for a fragment, which goes on with the plan around.
  func finishFragment() {
    for answer in answers { report(.answerInFragment(answer.place)) }
    checkUses()
    handleErrors()
  }

  /// `RequestMachine` has 16 strands, and the plan itself is one.
  static var strandsMax: Int { RequestMachine.strandsMax - 1 }
  /// The same limit as for `.flow` files: far more steps than one request can run in its deadline.
  static var usesMax: Int { 256 }
}

extension PlanRecorder.Use {
  /// What the plan does itself, under the names that RouteGen gives it.
  static func builtIn(_ name: String, at place: FlowPlace, _ code: @escaping PlanRecorder.Code) -> Self {
    Self(declaration: StepDeclaration(name), place: place, outputType: "nothing", isBuiltIn: true, code: code)
  }
}

/// Tells plans apart. A handle means nothing to any other plan than its own.
@usableFromInline
final class PlanIdentity: Sendable {}
