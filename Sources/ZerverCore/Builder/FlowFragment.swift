import ZerverCatalog

/// A fragment in Swift where the plan of a `.flow` file uses it. Generated code says what it reads and where its value goes.
public struct FlowFragment: Sendable {
  let name: String
  let line: Int
  /// Records the fragment, and what gives its value to the plan.
  let record: @Sendable (PlanRecorder) -> Void

  /// A fragment without an output.
  public init(
    _ name: String, line: Int, _ plan: @escaping @Sendable (FlowFragmentPart) -> Handle<NoOutput>
  ) {
    self.name = name
    self.line = line
    record = { recorder in _ = plan(FlowFragmentPart(recorder: recorder)) }
  }

  /// A fragment that gives a value to a slot of the plan.
  public init<Value>(
    _ name: String, line: Int, into slot: Slot<Value>,
    _ plan: @escaping @Sendable (FlowFragmentPart) -> Handle<Value>
  ) {
    self.name = name
    self.line = line
    record = { recorder in
      let handle = plan(FlowFragmentPart(recorder: recorder))
      let source = handle.source
      let place = FlowPlace(recorder.place.file, line)
      recorder.read(handle.origin, at: place)
      recorder.add(
        PlanRecorder.Use(declaration: StepDeclaration(name), place: place, outputType: "\(Value.self)") { context in
          context.frame.write(source.value(in: context), to: slot)
          return .continued
        })
    }
  }
}

/// The values of the plan around a fragment, for its handles.
public struct FlowFragmentPart {
  let recorder: PlanRecorder

  public func value<Value>(_ slot: Slot<Value>) -> Handle<Value> { recorder.handle(slot, use: nil, at: recorder.place) }

  /// A value that the plan around may not have written.
  public func optional<Value>(_ slot: Slot<Value>) -> Handle<Value?> { value(slot).tolerant() }
  public func optional<Value>(_ slot: Slot<Value?>) -> Handle<Value?> { value(slot).tolerant().flat() }
}

extension FlowDefinition {
  /// A flow of a `.flow` file that uses fragments in Swift. Their steps are put behind the plan's own, and the places where
  /// they stand in the plan become jumps there and back.
  ///
  /// - Parameter slotCount: slots of the plan itself; those of the fragments follow.
  public init(
    plan: StaticString, frameBytes: Int, errors: [(code: String, status: UInt16)], decode: @escaping Decode,
    run: @escaping Run, test: @escaping Test, release: @escaping Release,
    pathInput: PathInputForm = .query, isStream: Bool = false, isFile: Bool = false, decodePart: Decode? = nil,
    readsPrecondition: Bool = false, place: FlowPlace, slotCount: Int, fragments: [FlowFragment]
  ) {
    var linker = PlanLinker(plan.description, frameBytes: frameBytes, slotCount: slotCount)
    for fragment in fragments { linker.link(fragment, at: FlowPlace(place.file, fragment.line)) }
    let problems = linker.problems(mapping: errors, at: place)
    let (ownUses, ownConditions) = (linker.ownUses, linker.ownConditions)
    let (code, conditions, releases) = (linker.code, linker.conditions, linker.releases)
    self.init(
      plan: Plan(assembly: !problems.haveErrors ? linker.text : "use unservable line=0\nrun 0"), frameBytes: linker.frameBytes,
      errors: errors, decode: decode,
      run: { use, context in use < ownUses ? run(use, &context) : code[use - ownUses](&context) },
      test: { condition, context in
        condition < ownConditions ? test(condition, context) : conditions[condition - ownConditions](context)
      },
      release: { context in
        release(&context)
        for release in releases { release(&context) }
      }, pathInput: pathInput, isStream: isStream, isFile: isFile, decodePart: decodePart, readsPrecondition: readsPrecondition,
      place: place, problems: problems, preconditionPlace: linker.preconditionPlace)
  }
}

/// Puts recorded fragments behind the program of a plan.
struct PlanLinker {
  private var uses: [String] = []
  private var instructions: [String] = []
  let ownUses: Int
  let ownConditions: Int
  private(set) var frameBytes: Int
  private var slotCount: Int
  private(set) var code: [PlanRecorder.Code] = []
  private(set) var conditions: [PlanCondition.Test] = []
  private(set) var releases: [@Sendable (inout RequestContext) -> Void] = []
  /// Where a fragment reads the precondition.
  private(set) var preconditionPlace: FlowPlace?
  private var linked = 0
  private var recordedUses: [PlanRecorder.Use] = []
  private var found: [FlowProblem] = []

  init(_ plan: String, frameBytes: Int, slotCount: Int) {
    for line in plan.split(separator: "\n").map(String.init) {
      if line.hasPrefix("use ") { uses.append(line) } else { instructions.append(line) }
    }
    ownUses = uses.count
    ownConditions = instructions.count { $0.hasPrefix("test ") }
    self.frameBytes = frameBytes
    self.slotCount = slotCount
  }

  var text: String { (uses + instructions).joined(separator: "\n") }

  mutating func link(_ fragment: FlowFragment, at place: FlowPlace) {
    guard let from = instructions.firstIndex(of: "swift \(linked)") else {
      preconditionFailure("the plan has a place for each of its fragments")
    }
    linked += 1
    let recorder = PlanRecorder(.none, at: place, slotCount: slotCount, frameBytes: frameBytes)
    PlanRecorder.$current.withValue(recorder) { fragment.record(recorder) }
    recorder.finishFragment()
    let assembly = PlanAssembly(
      recorder.block.nodes, uses: recorder.uses, firstUse: uses.count,
      firstCondition: ownConditions + conditions.count, firstInstruction: instructions.count,
      leavingTo: from + 1)
    instructions[from] = "jump \(instructions.count)"
    uses += assembly.useLines
    instructions += assembly.instructionLines
    code += recorder.uses.map(\.code)
    conditions += recorder.conditions
    releases += recorder.releases
    frameBytes = recorder.frameBytes
    slotCount = recorder.slotCount
    recordedUses += recorder.uses.answering
    preconditionPlace = preconditionPlace ?? recorder.preconditionPlace
    found += recorder.problems
    if recorder.problems.haveErrors { return }
    found += recorder.uses.review(PlanOutline.of(recorder.block.nodes, recorder.uses), askedBy: nil, flow: place)
  }

  /// The plan's own uses were checked when it was compiled.
  func problems(mapping errors: [(code: String, status: UInt16)], at place: FlowPlace) -> [FlowProblem] {
    let mapped = Set(errors.map(\.code))
    var problems = found
    if uses.count > PlanRecorder.usesMax { problems.append(.planTooLarge(PlanRecorder.usesMax, at: place)) }
    for use in recordedUses {
      for code in use.unhandledErrors where !mapped.contains(code) {
        problems.append(.unmappedError(code, step: use.declaration.name, at: use.place, flow: place))
      }
    }
    return problems
  }
}
