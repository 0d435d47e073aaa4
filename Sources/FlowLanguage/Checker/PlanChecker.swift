/// Checks one plan with its fragments, and resolves it.
///
/// A fragment is expanded for every use of a step that may choose it, each time with slots of its own, because every
/// value is written once.
struct PlanChecker {
  /// `RequestMachine` has 16 strands, and the plan itself is one.
  static let strandsMax = 15
  /// `Frame` has one bit per slot.
  static let bindingsMax = 64
  /// Far more steps than one request can run in its deadline; it bounds fragments that choose fragments.
  static let usesMax = 256

  /// A step as the plan names it, with the errors of it that reach the flow's own `on` lines.
  struct Use {
    let name: NameSyntax
    let step: CheckedStep
    let errors: [NameSyntax]
  }

  let checker: Checker
  let scope: FileScope
  let flow: FlowSyntax
  let input: FlowChecker.Input
  let output: ResolvedOutput?
  /// In the order in which the plan was walked.
  var uses: [Use] = []
  /// A step of the plan is not known, so it is not known either what the plan can fail with.
  private(set) var hasUnknownSteps = false
  var bindings: [ResolvedBinding] = []
  private(set) var nodes: [ResolvedNode] = []
  /// Where the plan reads `caller`; `nil` when it does not.
  private(set) var callerSlot: Int?
  /// Likewise `precondition`.
  private(set) var preconditionSlot: Int?
  private var usesCount = 0
  var detachedCount = 0
  var loopsCount = 0
  /// Starts of the names of writers that somebody reads.
  var readWriters: Set<Int> = []
  var writtenNames: [NameSyntax] = []
  private var expandedFragments: Set<String> = []
  private var hasReportedInput = false
  /// Where an input in parts is read first.
  private var streamReader: NameSyntax?
  /// What its steps fail with is known when the server starts.
  var usesSwiftFragment = false
  /// The fragment whose statements these are; `nil` for the plan of a flow.
  let fragment: CheckedStep?
  /// The fragments that are being checked, the outermost first.
  let around: [String]
  private let fragments: [String: FragmentSyntax]

  var reporter: Reporter { checker.reporter }

  init(
    checker: Checker, scope: FileScope, flow: FlowSyntax, input: FlowChecker.Input, output: ResolvedOutput?,
    fragment: CheckedStep? = nil, around: [String] = []
  ) {
    self.fragment = fragment
    self.around = around
    self.checker = checker
    self.scope = scope
    self.flow = flow
    self.input = input
    self.output = output
    fragments = Dictionary(flow.fragments.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Where a statement stands, and what it may read.
  struct Place {
    let names: PlanScope
    var path = PlanPath()
    /// Inside a branch of a parallel group.
    var isInBranch = false
    /// Inside a loop of the same block: the plan's, or the fragment's.
    var isInLoop = false
    /// Inside a loop of whatever is around as well: what is written here lives for one round.
    var isInRound = false
    /// An `undo` runs when its use has succeeded, so it may read what that has written.
    var readsOwnOutput = false
    /// What the arms around say about enums: the cases that the value of a path can still be.
    var possible: [String: Set<String>] = [:]
    /// Inside a fragment: the plan's names, the use of the step that chose it, and the fragments around it.
    var outer: Outer?

    struct Outer {
      let names: PlanScope
      let path: PlanPath
      /// An inserted fragment follows its step and may read what that has written; one that replaces may not.
      let seesOwnOutput: Bool
      let fragments: [String]
      let isInserted: Bool
    }
  }

  // MARK: The whole plan

  mutating func check() {
    checkFragmentNames()
    guard let plan = flow.plan else {
      // No step of a plan in Swift can choose them.
      if flow.swiftPlan != nil, !flow.isBroken { checkFragmentsAreUsed() }
      return
    }
    if let type = input.valueType { bindings.append(ResolvedBinding(name: "input", type: type, isOptional: false)) }
    let names = PlanScope(plan, reporter: reporter)
    checkSlotNames(names.inOrder)
    nodes = walk(plan, Place(names: names))
    if !flow.isBroken {
      checkEnd(of: plan)
      checkReaders()
      checkStreamIsTaken()
      checkFragmentsAreUsed()
    }
    checkDetached(plan)
  }

  /// A detached use keeps its strand for longer than the plan can know.
  private func checkDetached(_ plan: BlockSyntax) {
    let strands = detachedCount + (nodes.map(\.strands).max() ?? 0)
    if detachedCount > 0, strands > Self.strandsMax {
      reporter.report(.tooManyDetached(plan.open, count: strands, max: Self.strandsMax))
    }
  }

  private func checkFragmentNames() {
    checker.checkMembers(flow.fragments.map(\.name), kind: "fragment")
  }

  /// Two names that Swift cannot tell apart.
  func checkSlotNames(_ writers: [PlanScope.Writer]) {
    var swiftNames: [String: NameSyntax] = [:]
    for writer in writers {
      let swiftName = SwiftNames.camel(writer.name.text)
      if let first = swiftNames[swiftName], first.text != writer.name.text {
        reporter.report(.swiftNameClash(writer.name, and: first, swiftName: swiftName))
      }
      swiftNames[swiftName] = writer.name
    }
  }

  private func checkEnd(of plan: BlockSyntax) {
    if let place = Self.openEnd(of: plan) { reporter.report(.missingDone(place, plan: plan.open)) }
  }

  /// Where a way through the block runs out without ending the flow; `nil` when none does.
  static func openEnd(of block: BlockSyntax) -> SourceSpan? {
    if block.alwaysEnds { return nil }
    if case .choose(let choose)? = block.statements.last, choose.bodies.contains(where: \.alwaysEnds) {
      return choose.bodies.lazy.compactMap { openEnd(of: $0) }.first
    }
    // One arm ends the flow, so the author thought of the end: the other one is what is missing.
    if case .when(let when)? = block.statements.last {
      if let otherwise = when.otherwise {
        if when.then.alwaysEnds { return openEnd(of: otherwise) }
        if otherwise.alwaysEnds { return openEnd(of: when.then) }
      } else if when.then.alwaysEnds {
        return when.keyword
      }
    }
    return block.close
  }

  /// A name that could not get a slot has a mistake already, and is mended first.
  func checkReaders() {
    for writer in writtenNames where !readWriters.contains(writer.span.start) { reporter.report(.unusedBinding(writer)) }
  }

  private func checkFragmentsAreUsed() {
    for fragment in flow.fragments where !expandedFragments.contains(fragment.name.text) {
      reporter.report(.unusedFragment(fragment.name))
    }
  }

  // MARK: Statements

  mutating func walk(_ block: BlockSyntax, _ place: Place) -> [ResolvedNode] {
    var nodes: [ResolvedNode] = []
    var hasEnded = false
    for (index, statement) in block.statements.enumerated() {
      if hasEnded, !statement.isBroken { reporter.report(.unreachable(statement.span)) }
      // The statements behind the first unreachable one are so for the same reason.
      hasEnded = statement.alwaysEnds
      switch statement {
      case .use(let use):
        var place = place
        place.path = place.path.statement(index)
        nodes += walk(use, place)
      case .parallel(let parallel): nodes.append(walk(parallel, index, place))
      case .when(let when): if let node = walk(when, index, place) { nodes.append(node) }
      case .choose(let choose): if let node = walk(choose, index, place) { nodes.append(node) }
      case .forEach(let loop): if let node = walk(loop, index, place) { nodes.append(node) }
      case .broken: break
      }
    }
    return nodes
  }

  private mutating func walk(_ parallel: ParallelSyntax, _ index: Int, _ place: Place) -> ResolvedNode {
    var branches: [[ResolvedNode]] = []
    for (number, branch) in parallel.branches.enumerated() {
      var inside = place
      inside.path = place.path.entering(parallel.arm(number), at: index)
      inside.isInBranch = true
      branches.append(walk(branch, inside))
    }
    if case .quorum(let count) = parallel.join, !(1...max(1, branches.count)).contains(count.value) {
      reporter.report(.quorumRange(count, branches: branches.count))
    }
    let node = ResolvedNode.parallel(join: parallel.join.resolved, branches: branches)
    let strands = node.strands
    // Reported for the outermost group, which is the sum of those inside.
    if !place.isInBranch, strands > Self.strandsMax {
      reporter.report(.tooManyStrands(parallel.keyword, count: strands, max: Self.strandsMax))
    }
    return node
  }

  private mutating func walk(_ when: WhenSyntax, _ index: Int, _ place: Place) -> ResolvedNode? {
    var reader = place
    reader.path = place.path.statement(index)
    let condition = condition(of: when, reader)
    var inside = place
    inside.path = place.path.entering(when.arm(0), at: index)
    let possible = possibleCases(of: when, place)
    if let (path, cases, _) = possible { inside.possible[path] = cases ?? place.possible[path] }
    let then = walk(when.then, inside)
    var otherwise: [ResolvedNode] = []
    if let block = when.otherwise {
      inside.path = place.path.entering(when.arm(1), at: index)
      if let (path, _, cases) = possible { inside.possible[path] = cases ?? place.possible[path] }
      otherwise = walk(block, inside)
    }
    return condition.map { .when($0, then: then, otherwise: otherwise) }
  }

  private mutating func condition(of when: WhenSyntax, _ place: Place) -> ResolvedCondition? {
    switch when.condition {
    case .flag(let path):
      guard let value = read(path, place) else { return nil }
      if value.type.wrapped != .bool { reporter.report(.conditionNotFlag(path, type: value.type)) }
      return .flag(value.argument, negated: when.isNegated)
    case .isCase(let path, let name):
      guard let value = read(path, place) else { return nil }
      if case .enumeration = value.type.wrapped {
        if checker.checkCase(name, of: value.type.wrapped) { checkPossible(name, path, place) }
      } else {
        reporter.report(.conditionNotEnum(path, type: value.type))
      }
      return .isCase(value.argument, caseName: name.text, negated: when.isNegated)
    case .exists(let path):
      guard let value = read(path, place) else { return nil }
      if !value.type.isOptional, !value.argument.readsOptional { reporter.report(.conditionAlwaysExists(path, type: value.type)) }
      return .exists(value.argument, negated: when.isNegated)
    }
  }

  // MARK: Uses of steps

  private mutating func walk(_ use: UseSyntax, _ place: Place) -> [ResolvedNode] {
    let step = checker.step(use.step, in: scope)
    let arguments = arguments(of: use.call, step, place)
    if let step, step.fragment != nil { return walk(use, step, arguments, place) }
    return walk(use, step, arguments, place).map { [$0] } ?? []
  }

  /// Counts a use of a step, the one that would be too many with a report.
  mutating func count(_ step: NameSyntax) {
    usesCount += 1
    if usesCount == Self.usesMax + 1 { reporter.report(.planTooLarge(step, flow: flow.name, max: Self.usesMax)) }
  }

  private mutating func walk(
    _ use: UseSyntax, _ step: CheckedStep?, _ arguments: [ResolvedArgument], _ place: Place
  ) -> ResolvedNode? {
    count(use.step)
    checkPlace(of: use, place)
    let slot = write(use, step, place)
    let undo = resolveUndo(of: use, place)
    let fallback = resolveFallback(of: use, step, place)
    guard let step else {
      hasUnknownSteps = true
      return nil
    }
    uses.append(Use(name: use.step, step: step, errors: unhandledErrors(of: use, step)))
    // A step line that could not be read says nothing reliable about its uses.
    if step.isBroken { return nil }
    if use.done != nil { checkDone(use.step, step) }
    checkStream(use, step)
    checkInputStream(use, step, place)
    if let fragment, !step.syntax.mayInsert.isEmpty || !step.syntax.mayReplace.isEmpty {
      reporter.report(.fragmentChoice(use.step, fragment: fragment.syntax.name))
      return nil
    }
    check(use.modifiers, of: use, step, place)
    let inserts = expand(step.syntax.mayInsert, of: use, isInserted: true, place)
    let replaces = expand(step.syntax.mayReplace, of: use, isInserted: false, place)
    let handlers = resolveHandlers(of: use, step, place)
    if use.modifiers.detach != nil { detachedCount += 1 }
    return .use(
      ResolvedUse(
        step: step.resolved, binding: slot, arguments: arguments, timeoutNanoseconds: use.timeout?.nanoseconds,
        isDone: use.done != nil, retry: use.modifiers.retry?.resolved, fallback: fallback,
        isDetached: use.modifiers.detach != nil, undo: undo, errorHandlers: handlers, inserts: inserts,
        replaces: replaces, span: use.step.span))
  }

  private func checkPlace(of use: UseSyntax, _ place: Place) {
    guard let done = use.done else { return }
    if let fragment { reporter.report(.doneInFragment(done, fragment: fragment.syntax.name)) }
    if place.isInLoop { reporter.report(.doneInLoop(done)) }
    if place.isInBranch { reporter.report(.doneInBranch(done)) }
    if let outer = place.outer, outer.isInserted, let name = outer.fragments.last {
      reporter.report(.doneInInserted(done, fragment: name))
    }
  }

  /// Gives the binding of a use its slot, before its fragments are looked at: they may read it.
  mutating func write(_ use: UseSyntax, _ step: CheckedStep?, _ place: Place) -> Int? {
    guard let name = use.binding else {
      if let step, step.hasOutput, use.done == nil, !step.isBroken { reporter.report(.droppedOutput(use.step, step: step)) }
      return nil
    }
    if let step, !step.hasOutput, !step.isBroken { reporter.report(.noOutput(name, step: step)) }
    guard let type = step?.output else { return nil }
    return takeSlot(for: name, type, place)
  }

  /// `nil` when the name has another writer, which was reported.
  mutating func takeSlot(for name: NameSyntax, _ type: ResolvedType, _ place: Place) -> Int? {
    guard let writer = place.names.writers[name.text], writer.name == name else { return nil }
    writer.type = type
    writer.slot = bindings.count
    writtenNames.append(name)
    let isOptional = place.outer != nil || writer.isOptional || !PlanPath.isCertain(place.path)
    bindings.append(ResolvedBinding(name: name.text, type: type, isOptional: isOptional))
    checkBindingsCount(name)
    return writer.slot
  }

  /// A step that gives its output in parts has no value that a plan could keep.
  private func checkStream(_ use: UseSyntax, _ step: CheckedStep) {
    guard step.isStream else { return }
    if use.done != nil, case .stream? = output { return }
    // A flow without a known output was reported.
    if use.done != nil, output == nil { return }
    reporter.report(.streamStep(use.step, step: step, isDone: use.done != nil))
  }

  /// - Parameter name: of the step, as the plan names it.
  func checkDone(_ name: NameSyntax, _ step: CheckedStep) {
    if step.choosesFragments { reporter.report(.doneWithFragments(name.span, step: step.syntax.name)) }
    let expected: ResolvedType?
    switch output {
    case .json(let type): expected = type
    case .text, .file: expected = .string
    case .stream(let element): expected = .list(element)
    case .some(.none): expected = nil
    case nil: return
    }
    // A stream that has no place here is one mistake and not two.
    if step.isStream { guard case .stream? = output else { return } }
    // An output type that is unknown was reported.
    if step.hasOutput, step.output == nil { return }
    if step.output != expected, let flowOutput = flow.output {
      reporter.report(.outputType(name.span, step: step, output: flowOutput, expected: expected))
    }
  }

  // MARK: An input in parts

  private mutating func readStream(_ name: NameSyntax) {
    if let first = streamReader { return reporter.report(.secondReader(name, first: first.span)) }
    streamReader = name
  }

  private func checkStreamIsTaken() {
    if streamReader == nil, input.type != nil, let stream = flow.input?.stream { reporter.report(.unreadStream(stream, flow: flow.name)) }
  }

  /// A step that takes parts runs once, from the first to the last of them.
  private func checkInputStream(_ use: UseSyntax, _ step: CheckedStep, _ place: Place) {
    guard step.takesParts else { return }
    if place.outer != nil || fragment != nil || place.path.steps.contains(where: { $0.arm != nil }) {
      reporter.report(.streamPlace(use.step))
    }
    let modifiers = use.modifiers
    let words: [(String, SourceSpan?)] = [
      ("retry", modifiers.retry?.span), ("optional", modifiers.optional), ("else", modifiers.fallback?.span), ("detach", modifiers.detach),
    ]
    for case (let word, let span?) in words { reporter.report(.streamModifier(span, word: word, step: use.step)) }
  }

  // MARK: Arguments

  mutating func arguments(of call: CallSyntax, _ step: CheckedStep?, _ place: Place) -> [ResolvedArgument] {
    let values = call.arguments.map { read($0, place) }
    if let step, !step.isBroken {
      if values.count != step.parameters.count {
        reporter.report(.argumentCount(call, step: step))
      } else {
        for (index, parameter) in step.parameters.enumerated() {
          guard let value = values[index], let type = parameter.type else { continue }
          check(value, call.arguments[index], parameter: parameter.name, type, step)
        }
      }
    }
    return values.compactMap { $0?.argument }
  }

  private func check(
    _ value: Value, _ path: PathSyntax, parameter: NameSyntax, _ type: ResolvedType, _ step: CheckedStep
  ) {
    let isOptional = value.type.isOptional || value.argument.readsOptional
    if value.type.wrapped != type.wrapped {
      let found = isOptional ? value.type.asOptional : value.type
      reporter.report(
        .argumentType(
          path, found: found, parameter: parameter, expected: type, step: step.syntax.name, hint: conversion(value.type, path, type)))
    } else if isOptional, !type.isOptional {
      reporter.report(
        .mayBeEmpty(path, writer: value.writer, type: type, parameter: parameter, step: step.syntax.name))
    }
  }

  /// How a plain value and the newtype around it come together; `nil` when the types have nothing to do with each other.
  private func conversion(_ found: ResolvedType, _ path: PathSyntax, _ expected: ResolvedType) -> String? {
    if case .stream(let element) = found, case .list(element) = expected {
      return "the input comes in parts, which a step takes with a parameter such as `rows: stream \(element.text)`."
    }
    if case .stream = expected { return "the flow reads its input so with `input \(expected.text)`." }
    if let newtype = checker.newtype(found.wrapped), newtype.wrapped == expected.wrapped {
      let name = newtype.name.text
      return "`\(path.text).value` reads the \(expected.wrapped.text) that a `\(name)` wraps; or declare the parameter as `\(name)`."
    }
    guard let newtype = checker.newtype(expected.wrapped), newtype.wrapped == found.wrapped else { return nil }
    return """
      declare `\(path.text)` as `\(newtype.name.text)` where it comes from, or let a step make one: its Swift initialiser \
      checks the constraints.
      """
  }

  /// What a path reads.
  struct Value {
    let argument: ResolvedArgument
    /// Of what the path ends at, `T?` when a field on the way may be missing.
    let type: ResolvedType
    /// The line that writes the binding, when its slot may be empty.
    let writer: SourceSpan?
  }

  /// `nil` when it is not known what the path reads, which was reported.
  mutating func read(_ path: PathSyntax, _ place: Place) -> Value? {
    guard let root = readBinding(path.root, place) else { return nil }
    var type = root.type
    var fields: [ResolvedPathField] = []
    var isOptional = type.isOptional
    for name in path.fields {
      if let newtype = checker.newtype(type.wrapped), name.text == "value" {
        guard let wrapped = newtype.wrapped else { return nil }
        type = wrapped
        fields.append(ResolvedPathField(name: name.text, isOptional: false))
        continue
      }
      guard case .record(let record)? = checker.declaration(of: type.wrapped) else {
        reporter.report(.fieldOfScalar(name, type: type.wrapped))
        return nil
      }
      guard let field = record.field(name.text) else {
        // The field may have been on a line that could not be read.
        if record.isBroken { return nil }
        let candidates = record.fields.map { Candidate($0.syntax.name.text, $0.syntax.name.span) }
        let matches = NearMatches.find(name.text, among: candidates)
        reporter.report(.unknownField(name, of: record, matches: matches))
        return nil
      }
      guard let fieldType = field.type else { return nil }
      type = fieldType
      isOptional = isOptional || fieldType.isOptional
      fields.append(ResolvedPathField(name: name.text, isOptional: fieldType.isOptional))
    }
    return Value(
      argument: ResolvedArgument(binding: root.slot, path: fields, readsOptional: root.writer != nil),
      type: isOptional ? type.asOptional : type, writer: root.writer)
  }

  private mutating func readBinding(
    _ name: NameSyntax, _ place: Place
  ) -> (slot: Int, type: ResolvedType, writer: SourceSpan?)? {
    if name.text == "input", fragment == nil {
      if let type = input.valueType {
        if input.isStream { readStream(name) }
        return (0, type, nil)
      }
      if !input.isDeclared, !flow.isBroken, !hasReportedInput { reporter.report(.noInput(name, flow: flow.name)) }
      hasReportedInput = true
      return nil
    }
    if name.text == "caller" { return readCaller(name) }
    if name.text == "precondition" { return readPrecondition(name) }
    guard let (writer, visibility) = find(name, place) else {
      reportUnknown(name, place)
      return nil
    }
    readWriters.insert(writer.name.span.start)
    switch visibility {
    case .written, .maybeEmpty: break
    case .itself where place.outer != nil && place.names.writers[name.text] == nil:
      let fragment = place.outer?.fragments.last ?? ""
      reporter.report(.outputOfReplaced(name, fragment: fragment, writer: writer.name.span))
      return nil
    case .later, .itself:
      reporter.report(.readBeforeWrite(name, writer: writer.name.span, isItself: visibility == .itself))
      return nil
    case .siblingBranch:
      reporter.report(.siblingBranch(name, writer: writer.name.span))
      return nil
    case .otherArm:
      reporter.report(.otherArm(name, writer: writer.name.span))
      return nil
    case .oneRound:
      reporter.report(.oneRound(name, writer: writer.name.span))
      return nil
    }
    guard let slot = writer.slot, let type = writer.type else { return nil }
    return (slot, type, visibility == .maybeEmpty ? writer.name.span : nil)
  }

  private func find(_ name: NameSyntax, _ place: Place) -> (PlanScope.Writer, PlanPath.Visibility)? {
    let writer: PlanScope.Writer
    var visibility: PlanPath.Visibility
    if let own = place.names.writers[name.text] {
      writer = own
      visibility = place.path.visibility(of: own.path)
      if visibility == .itself, place.readsOwnOutput { return (own, .written) }
    } else {
      guard let outer = place.outer, let other = outer.names.writers[name.text] else { return nil }
      writer = other
      visibility = outer.path.visibility(of: other.path)
      if visibility == .itself, outer.seesOwnOutput { visibility = .written }
    }
    return (writer, visibility == .written && writer.isOptional ? .maybeEmpty : visibility)
  }

  /// Who has sent the request. It has a slot in plans that read it.
  private mutating func readCaller(_ name: NameSyntax) -> (slot: Int, type: ResolvedType, writer: SourceSpan?)? {
    guard flow.tenant != nil || !flow.requirements.isEmpty else {
      if !flow.isBroken { reporter.report(.noCaller(name, flow: flow.name)) }
      return nil
    }
    // Without credentials the request is served as well, and nobody knows who has sent it.
    let isAlwaysKnown = flow.tenant?.text == "required" || !flow.requirements.isEmpty
    let type: ResolvedType = isAlwaysKnown ? .caller : .optional(.caller)
    let slot = callerSlot ?? addSlot(for: name, type)
    callerSlot = slot
    return (slot, type, nil)
  }

  /// On which condition the request may be carried out. It has a slot in plans that read it.
  private mutating func readPrecondition(_ name: NameSyntax) -> (slot: Int, type: ResolvedType, writer: SourceSpan?)? {
    if fragment != nil {
      if !flow.isBroken { reporter.report(.preconditionInFragment(name, fragment: flow.name)) }
      return nil
    }
    if preconditionSlot == nil, let safe = flow.safeMethod { reporter.report(.preconditionOfSafeMethod(name, method: safe)) }
    let slot = preconditionSlot ?? addSlot(for: name, .precondition)
    preconditionSlot = slot
    return (slot, .precondition, nil)
  }

  /// A slot that is written before the plan begins.
  private mutating func addSlot(for name: NameSyntax, _ type: ResolvedType) -> Int {
    bindings.append(ResolvedBinding(name: name.text, type: type, isOptional: false))
    checkBindingsCount(name)
    return bindings.count - 1
  }

  private func checkBindingsCount(_ name: NameSyntax) {
    guard bindings.count + loopsCount == Self.bindingsMax + 1 else { return }
    reporter.report(.tooManyBindings(name, flow: flow.name, max: Self.bindingsMax))
  }

  private func reportUnknown(_ name: NameSyntax, _ place: Place) {
    for fragment in flow.fragments {
      if let writer = PlanScope(fragment.body, reporter: Reporter()).writers[name.text] {
        reporter.report(.insideFragment(name, fragment: fragment.name, writer: writer.name.span))
        return
      }
    }
    var candidates = (place.names.inOrder + (place.outer?.names.inOrder ?? [])).map { Candidate($0.name.text, $0.name.span) }
    if input.isDeclared { candidates.append(Candidate("input", flow.input?.type.span)) }
    let matches = NearMatches.find(name.text, among: candidates)
    reporter.report(.unknownBinding(name, matches: matches, visible: candidates.map(\.name)))
  }

  // MARK: Fragments

  private mutating func expand(
    _ names: [NameSyntax], of use: UseSyntax, isInserted: Bool, _ place: Place
  ) -> [(name: String, body: [ResolvedNode])] {
    names.compactMap { name in
      expand(name, of: use, isInserted: isInserted, place).map { (name.text, $0) }
    }
  }

  mutating func expand(
    _ name: NameSyntax, of use: UseSyntax, isInserted: Bool, for error: NameSyntax? = nil, _ place: Place
  ) -> [ResolvedNode]? {
    guard let fragment = fragments[name.text] else {
      if !flow.isBroken {
        let matches = NearMatches.find(name.text, among: flow.fragments.map { Candidate($0.name.text, $0.name.span) })
        reporter.report(
          error == nil
            ? .unknownFragment(name, use: use.step.span, matches: matches) : .unknownHandlerFragment(name, matches: matches))
      }
      return nil
    }
    expandedFragments.insert(name.text)
    let around = place.outer?.fragments ?? []
    if around.contains(name.text) {
      let cycle = Array(around.drop { $0 != name.text }) + [name.text]
      reporter.report(.fragmentCycle(use.step, cycle: cycle))
      return nil
    }
    if !isInserted, !flow.isBroken, let end = Self.openEnd(of: fragment.body) {
      reporter.report(
        error.map { .handlerWithoutDone(end, fragment: fragment.name, error: $0) }
          ?? .replacementWithoutDone(end, fragment: fragment.name, step: use.step))
    }
    if usesCount > Self.usesMax { return nil }
    let planNames = place.outer?.names ?? place.names
    let names = PlanScope(fragment.body, reporter: reporter, besides: planNames)
    checkSlotNames(planNames.inOrder + names.inOrder)
    let outer = Place.Outer(
      names: planNames, path: place.outer?.path ?? place.path,
      seesOwnOutput: place.outer?.seesOwnOutput ?? isInserted, fragments: around + [name.text], isInserted: isInserted)
    return walk(
      fragment.body, Place(names: names, isInRound: place.isInRound, possible: place.possible, outer: outer))
  }
}

extension PlanPath {
  /// Whether the end of the path is reached in every run of the plan that comes to its end.
  static func isCertain(_ path: PlanPath) -> Bool {
    path.steps.allSatisfy { step in
      guard let arm = step.arm else { return true }
      return arm.kind == .allRequired || arm.isOnlyWayOn
    }
  }
}

extension ParallelSyntax.Join {
  var resolved: ResolvedJoin {
    switch self {
    case .all: .all
    case .allRequired: .allRequired
    case .any: .any
    case .firstSuccess: .firstSuccess
    case .quorum(let count): .quorum(count.value)
    }
  }
}

extension ResolvedNode {
  /// How many strands may be at work at once besides the one that runs this node.
  var strands: Int {
    switch self {
    case .use(let use):
      (use.inserts + use.replaces).map { Self.strands(of: $0.body) }.max() ?? 0
    case .parallel(_, let branches): branches.reduce(0) { $0 + 1 + Self.strands(of: $1) }
    case .when(_, let then, let otherwise): max(Self.strands(of: then), Self.strands(of: otherwise))
    case .choose(_, let arms, let otherwise):
      max(arms.map { Self.strands(of: $0.body) }.max() ?? 0, Self.strands(of: otherwise ?? []))
    case .forEach(let loop): Self.strands(of: loop.body)
    }
  }

  private static func strands(of nodes: [ResolvedNode]) -> Int { nodes.map(\.strands).max() ?? 0 }
}
