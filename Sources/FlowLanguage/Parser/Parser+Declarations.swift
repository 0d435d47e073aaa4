extension Parser {
  /// A whole file.
  mutating func declarations(into tree: inout SyntaxTree) {
    while !at(.endOfFile) {
      let start = position
      do throws(SyntaxFailure) {
        try declaration(into: &tree)
      } catch {
        recoverDeclaration(from: start)
      }
    }
  }

  private mutating func declaration(into tree: inout SyntaxTree) throws(SyntaxFailure) {
    let documentation = documentation()
    guard at(.word) else {
      if at(.rightBrace) { throw failure(.strayBrace(span(current))) }
      throw unexpected("a declaration", hint: "a declaration begins with one of \(DiagnosticText.words(Self.declarationWords)).")
    }
    let keyword = current
    switch text(keyword) {
    case "use":
      advance()
      tree.uses.append(try expectName("the name of a module", hint: "for example `use CheckoutSteps`."))
    case "record":
      advance()
      tree.records.append(try record(documentation))
    case "newtype":
      advance()
      tree.newtypes.append(try newtype(documentation))
    case "enum":
      advance()
      tree.enums.append(try enumeration(documentation))
    case "error":
      advance()
      tree.errors.append(try error(documentation))
    case "extern":
      advance()
      guard take(word: "type") != nil else { throw unexpected("`type`", hint: "for example `extern type Money`.") }
      tree.externs.append(try declaredName(.pascal, "the name of a Swift type"))
    case "step":
      advance()
      tree.steps.append(try step(documentation))
    case "fragment":
      advance()
      tree.fragments.append(try fragment(documentation))
    case "fixture":
      advance()
      tree.fixtures.append(try fixture(documentation))
    case "flow":
      advance()
      tree.flows.append(try flow(documentation))
    case "profile":
      advance()
      tree.profiles.append(try profile(documentation))
    case "reserved":
      advance()
      tree.reservations.append(try reservation())
    case "tombstone":
      advance()
      tree.tombstones.append(try tombstone())
    default:
      throw failure(.unknownDeclaration(name(keyword), words: Self.declarationWords))
    }
  }

  /// A name that is declared here, so its style matters.
  mutating func declaredName(_ style: NameStyle, _ expected: String) throws(SyntaxFailure) -> NameSyntax {
    let name = try expectName(expected, hint: style.hint)
    if !style.accepts(name.text) { report(.nameStyle(name, style)) }
    return name
  }

  // MARK: Records and errors

  private mutating func record(_ documentation: [String]) throws(SyntaxFailure) -> RecordSyntax {
    let name = try declaredName(.pascal, "the name of a record")
    let block = try block(of: "the fields of record `\(name.text)`", allowsCommas: true) { parser throws(SyntaxFailure) in
      try parser.field()
    }
    return RecordSyntax(name: name, documentation: documentation, fields: block.items, isBroken: block.isBroken)
  }

  private mutating func error(_ documentation: [String]) throws(SyntaxFailure) -> ErrorSyntax {
    let name = try declaredName(.kebab, "the name of an error")
    guard at(.leftBrace) else {
      return ErrorSyntax(name: name, documentation: documentation, fields: [], isBroken: false)
    }
    let block = try block(of: "the fields of error `\(name.text)`", allowsCommas: true) { parser throws(SyntaxFailure) in
      try parser.field()
    }
    return ErrorSyntax(name: name, documentation: documentation, fields: block.items, isBroken: block.isBroken)
  }

  private mutating func field() throws(SyntaxFailure) -> FieldSyntax {
    let documentation = documentation()
    let name = try declaredName(.kebab, "the name of a field")
    try expect(.colon, "`:` and the type of `\(name.text)`", hint: "for example `\(name.text): string`.")
    let type = try type()
    var constraints: [ConstraintSyntax] = []
    var defaultValue: LiteralSyntax?
    var isSensitive = false
    while true {
      if let equals = take(.equals) {
        let value = try literal()
        if defaultValue != nil { report(.secondDefault(span(equals).through(value.span))) }
        defaultValue = value
      } else if at(.word), peek().kind != .colon, !isAtDeclaration {
        if take(word: "sensitive") != nil { isSensitive = true } else { constraints.append(try constraint()) }
      } else {
        break
      }
    }
    return FieldSyntax(
      name: name, documentation: documentation, type: type, constraints: constraints, defaultValue: defaultValue,
      isSensitive: isSensitive)
  }

  // MARK: Enums

  private mutating func enumeration(_ documentation: [String]) throws(SyntaxFailure) -> EnumSyntax {
    let name = try declaredName(.pascal, "the name of an enum")
    let block = try block(of: "the cases of enum `\(name.text)`", allowsCommas: true) { parser throws(SyntaxFailure) in
      try parser.declaredName(.kebab, "the name of a case")
    }
    if block.items.isEmpty, !block.isBroken { report(.emptyBlock(block.open.through(block.close), of: "an enum")) }
    return EnumSyntax(
      name: name, documentation: documentation, cases: block.items, isBroken: block.isBroken || block.items.isEmpty)
  }

  // MARK: Steps

  package static let stepWords = ["needs", "cooperative", "fails", "safe", "idempotent", "may"]

  private mutating func step(_ documentation: [String]) throws(SyntaxFailure) -> StepSyntax {
    let name = try declaredName(.kebab, "the name of a step")
    var step = StepSyntax(name: name, documentation: documentation)
    let start = position
    do throws(SyntaxFailure) {
      try parameters(of: &step)
      if take(.arrow) != nil {
        step.stream = try takeStream()
        step.output = step.stream == nil ? try type() : try streamedType()
      }
      try attributes(of: &step)
    } catch {
      step.isBroken = true
      recoverDeclaration(from: start)
    }
    return step
  }

  // MARK: Fragments

  private mutating func fragment(_ documentation: [String]) throws(SyntaxFailure) -> FragmentDeclarationSyntax {
    let name = try declaredName(.kebab, "the name of a fragment")
    var signature = StepSyntax(name: name, documentation: documentation)
    let start = position
    do throws(SyntaxFailure) {
      let example = "for example `fragment credit-check(user: User) -> Approval { … }`."
      try parameters(of: &signature, what: "fragment", example: example)
      if take(.arrow) != nil { signature.output = try type() }
      if take(word: "swift") != nil {
        let type = try declaredName(.pascal, "the name of a Swift type")
        return FragmentDeclarationSyntax(signature: signature, body: nil, swiftPlan: type)
      }
      let (block, isBroken) = try statements(of: "fragment `\(name.text)`")
      if isBroken { signature.isBroken = true }
      return FragmentDeclarationSyntax(signature: signature, body: block, swiftPlan: nil)
    } catch {
      signature.isBroken = true
      recoverDeclaration(from: start)
      return FragmentDeclarationSyntax(signature: signature, body: nil, swiftPlan: nil)
    }
  }

  private mutating func parameters(
    of step: inout StepSyntax, what: String = "step",
    example: String = "for example `step load-cart(request: CheckoutRequest) -> Cart`."
  ) throws(SyntaxFailure) {
    try expect(.leftParenthesis, "`(` and the parameters of \(what) `\(step.name.text)`", hint: example)
    while take(.rightParenthesis) == nil {
      let name = try declaredName(.kebab, "the name of a parameter, or `)`")
      try expect(.colon, "`:` and the type of `\(name.text)`", hint: example)
      step.parameters.append(ParameterSyntax(name: name, stream: try takeStream(), type: try type()))
      if take(.comma) == nil, !at(.rightParenthesis) {
        throw unexpected("`,` and another parameter, or `)`", hint: example)
      }
    }
  }

  private mutating func attributes(of step: inout StepSyntax) throws(SyntaxFailure) {
    while at(.word), !Self.declarationWords.contains(text(current)) {
      let word = advance()
      switch text(word) {
      case "needs": step.needs += try names("an effect", hint: "the effects are `db`, `time` and `crypto`.")
      case "fails": step.fails += try names("the name of an error", hint: nil)
      case "cooperative": step.cooperative = span(word)
      case "safe": step.safe = span(word)
      case "idempotent": step.idempotent = span(word)
      case "may":
        if take(word: "insert") != nil {
          step.mayInsert += try fragmentNames()
        } else if take(word: "replace") != nil {
          step.mayReplace += try fragmentNames()
        } else {
          throw unexpected("`insert` or `replace`", hint: "for example `may insert manual-review`.")
        }
      default:
        throw failure(.unknownWord(name(word), role: "part of a step line", words: Self.stepWords))
      }
    }
    if !at(.endOfFile), !at(.word) {
      throw unexpected(
        "another part of the step line, or the next declaration",
        hint: "behind the parameters come `-> Type` or `-> stream Type`, `needs`, `cooperative`, `fails`, `safe`, `idempotent` and `may`.")
    }
  }

  /// A step line declares the Swift names of its fragments, so their style matters.
  private mutating func fragmentNames() throws(SyntaxFailure) -> [NameSyntax] {
    let names = try names("the name of a fragment", hint: nil)
    for name in names where !NameStyle.kebab.accepts(name.text) { report(.nameStyle(name, .kebab)) }
    return names
  }

  /// `a, b, c`
  private mutating func names(_ expected: String, hint: String?) throws(SyntaxFailure) -> [NameSyntax] {
    var names = [try expectName(expected, hint: hint)]
    while take(.comma) != nil { names.append(try expectName(expected, hint: hint)) }
    return names
  }
}
