// `choose` and `for each`.

extension PlanChecker {
  // MARK: Choices

  mutating func walk(_ choose: ChooseSyntax, _ index: Int, _ place: Place) -> ResolvedNode? {
    var reader = place
    reader.path = place.path.statement(index)
    let value = read(choose.value, reader)
    let cases = value.flatMap { enumeration(of: $0, choose) }
    if let value, let cases { check(choose, value, cases, reader) }
    var arms: [(cases: [String], body: [ResolvedNode])] = []
    var chosen: Set<String> = []
    for (number, arm) in choose.arms.enumerated() {
      var inside = place
      inside.path = place.path.entering(choose.arm(number), at: index)
      inside.possible[choose.value.text] = Set(arm.cases.map(\.text))
      chosen.formUnion(arm.cases.map(\.text))
      arms.append((arm.cases.map(\.text), walk(arm.body, inside)))
    }
    var otherwise: [ResolvedNode]?
    if let block = choose.otherwise {
      var inside = place
      inside.path = place.path.entering(choose.arm(choose.arms.count), at: index)
      if let cases { inside.possible[choose.value.text] = cases.cases.subtracting(chosen) }
      otherwise = walk(block, inside)
    }
    guard let value, cases != nil else { return nil }
    return .choose(value.argument, arms: arms, otherwise: otherwise)
  }

  private func enumeration(of value: Value, _ choose: ChooseSyntax) -> CheckedEnum? {
    guard case .enumeration(let enumeration)? = checker.declaration(of: value.type.wrapped) else {
      reporter.report(.chooseType(choose.value, type: value.type))
      return nil
    }
    return enumeration
  }

  private func check(_ choose: ChooseSyntax, _ value: Value, _ enumeration: CheckedEnum, _ place: Place) {
    var seen: [String: NameSyntax] = [:]
    for name in choose.arms.flatMap(\.cases) {
      if let first = seen[name.text] {
        reporter.report(.duplicateMember(name, kind: "case", first: first.span))
      } else if checker.checkCase(name, of: value.type.wrapped) {
        checkPossible(name, choose.value, place)
      }
      seen[name.text] = seen[name.text] ?? name
    }
    if choose.isBroken || choose.bodies.isEmpty || enumeration.syntax.isBroken { return }
    let possible = place.possible[choose.value.text]
    let missing = enumeration.syntax.cases.map(\.text).filter { seen[$0] == nil && possible?.contains($0) ?? true }
    let mayBeEmpty = value.type.isOptional || value.argument.readsOptional
    if let word = choose.otherwiseWord {
      if missing.isEmpty, !mayBeEmpty { reporter.report(.needlessOtherwise(word, enumeration)) }
    } else if !missing.isEmpty {
      reporter.report(.chooseNotExhaustive(choose.keyword.through(choose.value.span), enumeration, missing: missing))
    } else if mayBeEmpty {
      reporter.report(.chooseMayBeEmpty(choose.value))
    }
  }

  // MARK: What the arms around say

  /// The path of a `when … is …`, and the cases that its value can be in either arm.
  /// `nil` for an arm of which nothing is known: that a value is not of one case says something only where others are
  /// known.
  func possibleCases(of when: WhenSyntax, _ place: Place) -> (path: String, then: Set<String>?, otherwise: Set<String>?)? {
    guard case .isCase(let path, let name) = when.condition else { return nil }
    let holds: Set<String> = [name.text]
    let others = place.possible[path.text]?.subtracting(holds)
    return when.isNegated ? (path.text, others, holds) : (path.text, holds, others)
  }

  func checkPossible(_ name: NameSyntax, _ path: PathSyntax, _ place: Place) {
    guard let possible = place.possible[path.text], !possible.contains(name.text) else { return }
    reporter.report(.impossibleCase(name, path, possible: possible.sorted()))
  }

  // MARK: Loops

  static let rounds = 1...1000

  mutating func walk(_ loop: LoopSyntax, _ index: Int, _ place: Place) -> ResolvedNode? {
    // It counts its rounds in a slot.
    loopsCount += 1
    var reader = place
    reader.path = place.path.statement(index)
    let list = read(loop.list, reader)
    if !Self.rounds.contains(loop.itemsMax.value) { reporter.report(.loopBound(loop.itemsMax, Self.rounds)) }
    let elementType = list.flatMap { self.elementType(of: $0, loop) }
    // The loop's own slot lives on when the rounds are over, so it stands in front of theirs.
    let binding = reserveSlot(of: loop, reader)
    let first = bindings.count
    var inside = place
    inside.path = place.path.entering(LoopSyntax.arm, at: index)
    inside.isInLoop = true
    inside.isInRound = true
    var element = inside
    element.path = inside.path.statement(-1)
    let elementSlot = elementType.flatMap { takeSlot(for: loop.element, $0, element) }
    let body = walk(loop.body, inside)
    let collected = collect(loop, inside, into: binding)
    guard let list, let elementSlot else { return nil }
    return .forEach(
      ResolvedLoop(
        list: list.argument, element: elementSlot, itemsMax: loop.itemsMax.value, body: body,
        roundSlots: first..<bindings.count, binding: binding, collected: collected, span: loop.span))
  }

  private func elementType(of list: Value, _ loop: LoopSyntax) -> ResolvedType? {
    guard case .list(let element) = list.type.wrapped else {
      reporter.report(.loopList(loop.list, type: list.type))
      return nil
    }
    return element
  }

  private mutating func reserveSlot(of loop: LoopSyntax, _ place: Place) -> Int? {
    // Its type is known when the body has been walked.
    loop.binding.flatMap { takeSlot(for: $0, .list(.string), place) }
  }

  /// The slot that the loop collects: the last statement of the body that writes a value.
  private mutating func collect(_ loop: LoopSyntax, _ place: Place, into binding: Int?) -> Int? {
    guard let name = loop.binding else { return nil }
    // Unknown until it is known what is collected.
    place.names.writers[name.text]?.type = nil
    if loop.body.statements.contains(where: \.isBroken) { return nil }
    guard let last = loop.body.statements.last?.writtenName, let writer = place.names.writers[last.text] else {
      reporter.report(.nothingToCollect(name))
      return nil
    }
    readWriters.insert(writer.name.span.start)
    guard let slot = writer.slot, let type = writer.type, let binding else { return nil }
    if writer.isOptional || type.isOptional { reporter.report(.collectsNothing(last, loop: name)) }
    bindings[binding].type = .list(type.wrapped)
    place.names.writers[name.text]?.type = .list(type.wrapped)
    return slot
  }
}

extension StatementSyntax {
  /// The name that this statement writes by itself.
  var writtenName: NameSyntax? {
    switch self {
    case .use(let use): use.binding
    case .forEach(let loop): loop.binding
    case .parallel, .when, .choose, .broken: nil
    }
  }
}
