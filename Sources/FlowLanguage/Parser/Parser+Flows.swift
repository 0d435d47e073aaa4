extension Parser {
  package static let propertyWords = [
    "owner", "method", "tags", "status", "alias", "bind", "profile", "deadline", "deprecated", "sunset", "successor",
    "guide", "tenant", "requires", "idempotency", "input", "output", "header", "plan", "fragment", "on", "example",
  ]

  mutating func flow(_ documentation: [String]) throws(SyntaxFailure) -> FlowSyntax {
    let name = try expectName("the slug of the flow", hint: "for example `flow checkout-cart { … }`.")
    var flow = FlowSyntax(name: name, documentation: documentation)
    let block: Block<Void>
    do throws(SyntaxFailure) {
      block = try self.block(of: "flow `\(name.text)`") { parser throws(SyntaxFailure) in try parser.property(of: &flow) }
    } catch {
      // The name is known, so that others can refer to the flow.
      flow.isBroken = true
      recoverDeclaration(from: position)
      return flow
    }
    if block.isBroken { flow.isBroken = true }
    return flow
  }

  private mutating func property(of flow: inout FlowSyntax) throws(SyntaxFailure) {
    guard at(.word) else {
      throw unexpected("a property of the flow", hint: "the properties are \(DiagnosticText.words(Self.propertyWords)).")
    }
    let word = name(current)
    guard Self.propertyWords.contains(word.text) else {
      throw failure(.unknownProperty(word, words: Self.propertyWords))
    }
    advance()
    switch word.text {
    case "owner": set(&flow.owner, word, try expectName("the name of a team", hint: "for example `owner payments`."))
    case "method": set(&flow.method, word, try expectName("a method", hint: "for example `method POST`."))
    case "profile": set(&flow.profile, word, try expectName("a profile", hint: "for example `profile interactive`."))
    case "deadline": set(&flow.deadline, word, try duration("a duration"))
    case "alias": flow.aliases.append(try alias())
    case "tags": flow.tags += try tags()
    case "status": set(&flow.status, word, try expectName("a status", hint: "for example `status experimental`."))
    case "bind": flow.routes.append(try route())
    case "tenant": set(&flow.tenant, word, try expectName("`required` or `optional`", hint: "for example `tenant required`."))
    case "requires": flow.requirements.append(try requirement())
    case "idempotency": set(&flow.idempotency, word, try idempotency(word))
    case "header": flow.headers.append(try header())
    case "deprecated": set(&flow.deprecated, word, try date())
    case "sunset": try sunset(of: &flow, word)
    case "successor": set(&flow.successor, word, try reference())
    case "guide": set(&flow.guide, word, try string("a link in quotes", hint: "for example `guide \"https://example.com/v2\"`."))
    case "input": set(&flow.input, word, try input())
    case "output": set(&flow.output, word, try output())
    case "plan": try planBlock(of: &flow, word)
    case "example": flow.examples.append(try example())
    case "fragment": flow.fragments.append(try fragment(of: &flow))
    default: flow.errorMappings.append(try errorMapping())
    }
  }

  private mutating func set<Value>(_ property: inout Value?, _ word: NameSyntax, _ value: Value) {
    if property != nil { report(.duplicateProperty(word)) } else { property = value }
  }

  private mutating func alias() throws(SyntaxFailure) -> AliasSyntax {
    let slug = try expectName("the second slug of the flow", hint: "for example `alias pay-cart` or `alias pay-cart serve`.")
    return AliasSyntax(slug: slug, serves: take(word: "serve") != nil)
  }

  /// The text of a date; the checker says whether there is such a day.
  private mutating func date() throws(SyntaxFailure) -> NameSyntax {
    name(try expect(.number, "a date", hint: "a date is written like `2026-10-01`."))
  }

  mutating func reference(example: String = "successor v2/checkout-cart") throws(SyntaxFailure) -> ReferenceSyntax {
    let hint = "a flow is named by its version and its slug, for example `\(example)`."
    let version = try expectName("the version and slug of a flow", hint: hint)
    try expect(.slash, "`/` and the slug of a flow", hint: hint)
    return ReferenceSyntax(version: version, slug: try expectName("the slug of a flow", hint: hint))
  }

  private mutating func input() throws(SyntaxFailure) -> InputSyntax {
    let stream = try takeStream()
    let type = try type()
    guard take(word: "from") != nil else { return InputSyntax(stream: stream, type: type, source: nil) }
    return InputSyntax(stream: stream, type: type, source: try expectName("`query` or `body`"))
  }

  private mutating func output() throws(SyntaxFailure) -> OutputSyntax {
    let kind: OutputSyntax.Kind
    let stream = try takeStream()
    if stream != nil {
      kind = .json(try streamedType())
    } else if let none = take(word: "none") {
      kind = .none(span(none))
    } else if let text = take(word: "text") {
      kind = .text(span(text))
    } else if let file = take(word: "file") {
      kind = .file(span(file))
    } else {
      kind = .json(try type())
    }
    guard take(word: "status") != nil else { return OutputSyntax(kind: kind, stream: stream, status: nil) }
    let status = try wholeNumber("a status", hint: "for example `output Receipt status 201`.")
    return OutputSyntax(kind: kind, stream: stream, status: status)
  }

  /// The word `stream` before the type of an element.
  mutating func takeStream() throws(SyntaxFailure) -> SourceSpan? {
    guard let stream = take(word: "stream") else { return nil }
    if !at(.leftBracket), !at(.word) || !Self.mayBeType(text(current)) {
      throw unexpected("the type of an element behind `stream`", hint: "for example `stream Hit`.")
    }
    return span(stream)
  }

  /// A name of a type begins with a capital letter, or it is a built-in one: the next property of a flow is neither.
  package static func mayBeType(_ word: some StringProtocol) -> Bool {
    word.first?.isUppercase == true || BuiltInType(rawValue: String(word)) != nil
  }

  /// The list of the type that follows.
  mutating func streamedType() throws(SyntaxFailure) -> TypeSyntax {
    let type = try type()
    return .list(type, type.span)
  }

  private mutating func errorMapping() throws(SyntaxFailure) -> ErrorMappingSyntax {
    let hint = "for example `on cart-not-found -> 404`."
    let error = try expectName("the name of an error", hint: hint)
    try expect(.arrow, "`->` and a status", hint: hint)
    return ErrorMappingSyntax(error: error, status: try wholeNumber("a status", hint: hint))
  }

  private mutating func planBlock(of flow: inout FlowSyntax, _ word: NameSyntax) throws(SyntaxFailure) {
    if at(word: "swift") {
      advance()
      let name = try declaredName(.pascal, "the name of a Swift type")
      if flow.plan != nil { report(.duplicateProperty(word)) }
      return set(&flow.swiftPlan, word, name)
    }
    if flow.swiftPlan != nil { report(.duplicateProperty(word)) }
    let (block, isBroken) = try statements(of: "the plan")
    if isBroken { flow.isBroken = true }
    set(&flow.plan, word, block)
  }

  private mutating func fragment(of flow: inout FlowSyntax) throws(SyntaxFailure) -> FragmentSyntax {
    let name = try declaredName(.kebab, "the name of a fragment")
    let (block, isBroken) = try statements(of: "fragment `\(name.text)`")
    if isBroken { flow.isBroken = true }
    return FragmentSyntax(name: name, body: block)
  }
}
