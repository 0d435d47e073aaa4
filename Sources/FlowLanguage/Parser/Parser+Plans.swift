extension Parser {
  /// The statements between two braces.
  mutating func statements(of what: String) throws(SyntaxFailure) -> (block: BlockSyntax, isBroken: Bool) {
    let brokenBefore = brokenCount
    let block = try block(
      of: what,
      replacement: { parser, start in parser.brokenStatement(from: start) },
      item: { parser throws(SyntaxFailure) in try parser.statement() })
    let syntax = BlockSyntax(statements: block.items, open: block.open, close: block.close)
    return (syntax, brokenCount > brokenBefore)
  }

  /// Keeps the name that an unreadable statement writes, so that its readers are not reported as well.
  private mutating func brokenStatement(from start: Int) -> StatementSyntax {
    // The `otherwise` of a `when` that could not be read.
    if at(word: "otherwise"), peek().kind == .leftBrace { recover(from: position) }
    let first = tokens[start]
    let writes = first.kind == .word && start + 1 < tokens.count && tokens[start + 1].kind == .equals
    return .broken(binding: writes ? name(first) : nil, span(first))
  }

  private static let statementHint = """
    a statement is `name = step(arguments)`, `step(arguments)`, `parallel { … }`, `when … { … }`, `choose … { … }`, \
    `for each … { … }` or `done step(arguments)`.
    """

  private static let statementWords = ["parallel", "when", "choose", "for", "done", "branch", "otherwise"]

  private mutating func statement() throws(SyntaxFailure) -> StatementSyntax {
    guard at(.word) else { throw unexpected("a statement", hint: Self.statementHint) }
    let word = current
    switch peek().kind {
    case .equals:
      let binding = try declaredName(.kebab, "a name")
      advance()
      if at(word: "for"), text(peek()) == "each" { return .forEach(try loop(from: word, binding: binding)) }
      return .use(try use(from: word, binding: binding))
    case .leftParenthesis: return .use(try use(from: word, binding: nil))
    default: break
    }
    switch text(word) {
    case "done":
      advance()
      return .use(try use(from: word, binding: nil, done: span(word)))
    case "parallel": return .parallel(try parallel())
    case "when": return .when(try when())
    case "choose": return .choose(try choose())
    case "for": return .forEach(try loop(from: word, binding: nil))
    case "otherwise": throw failure(.otherwiseWithoutWhen(span(word)))
    case "branch": throw failure(.branchOutsideParallel(span(word)))
    default: throw noStatement(word)
    }
  }

  private mutating func noStatement(_ word: Token) -> SyntaxFailure {
    // On the line of the statement before, it was meant as a part of that statement.
    if !word.startsLine, position > 0, tokens[position - 1].kind != .leftBrace {
      return failure(.unknownWord(name(word), role: "part of a statement", words: Self.modifierWords))
    }
    let isMisspelt = !NearMatches.find(text(word), among: Self.statementWords.map { Candidate($0) }).isEmpty
    if isMisspelt { return failure(.unknownWord(name(word), role: "statement", words: Self.statementWords)) }
    advance()
    return unexpected("`=` or `(` behind `\(text(word))`", hint: Self.statementHint)
  }

  // MARK: Steps

  private mutating func use(
    from first: Token, binding: NameSyntax?, done: SourceSpan? = nil
  ) throws(SyntaxFailure) -> UseSyntax {
    let call = try call("the name of a step")
    let modifiers = try modifiers()
    return UseSyntax(binding: binding, done: done, call: call, modifiers: modifiers, span: span(from: first))
  }

  /// `step(argument, argument)`
  private mutating func call(_ expected: String) throws(SyntaxFailure) -> CallSyntax {
    let first = current
    let step = try expectName(expected, hint: "for example `cart = load-cart(request)`.")
    try expect(
      .leftParenthesis, "`(` and the arguments of step `\(step.text)`", hint: "a step without arguments is `\(step.text)()`.")
    var arguments: [PathSyntax] = []
    while take(.rightParenthesis) == nil {
      arguments.append(try path("an argument, or `)`"))
      if take(.comma) == nil, !at(.rightParenthesis) { throw unexpected("`,` and another argument, or `)`") }
    }
    return CallSyntax(step: step, arguments: arguments, span: span(from: first))
  }

  // MARK: Modifiers

  private static let modifierWords = ["timeout", "retry", "optional", "else", "detach", "undo", "on"]

  /// A word that is followed by `(` or `=` begins the next statement, whatever it is called.
  private mutating func modifiers() throws(SyntaxFailure) -> UseModifiersSyntax {
    var modifiers = UseModifiersSyntax()
    while at(.word), peek().kind != .leftParenthesis, peek().kind != .equals {
      let word = current
      switch text(word) {
      case "timeout":
        advance()
        set(&modifiers.timeout, word, try duration("a duration"))
      case "retry": set(&modifiers.retry, word, try retry())
      case "optional":
        advance()
        set(&modifiers.optional, word, span(word))
      case "else": set(&modifiers.fallback, word, try fallback())
      case "detach":
        advance()
        set(&modifiers.detach, word, span(word))
      case "undo":
        advance()
        let call = try call("the name of the step that takes it back")
        set(&modifiers.undo, word, UndoSyntax(call: call, span: span(from: word)))
      case "on":
        advance()
        modifiers.handlers.append(try errorHandler())
      default: return modifiers
      }
    }
    return modifiers
  }

  private mutating func set<Value>(_ modifier: inout Value?, _ word: Token, _ value: Value) {
    if modifier != nil { report(.duplicateModifier(name(word))) } else { modifier = value }
  }

  private mutating func retry() throws(SyntaxFailure) -> RetrySyntax {
    let word = advance()
    let attempts = try wholeNumber("how often to try again", hint: "for example `retry 2 backoff 10ms..80ms`.")
    guard take(word: "backoff") != nil else { return RetrySyntax(attempts: attempts, backoff: nil, span: span(from: word)) }
    let first = try duration("the longest wait before the first further attempt")
    let max = take(.range) == nil ? first : try duration("the longest wait before any further attempt")
    return RetrySyntax(attempts: attempts, backoff: (first, max), span: span(from: word))
  }

  private mutating func fallback() throws(SyntaxFailure) -> FallbackSyntax {
    let word = advance()
    if at(word: "default"), peek().kind != .leftParenthesis {
      advance()
      return FallbackSyntax(kind: .defaultValue, span: span(from: word))
    }
    let call = try call("`default` or the name of a step")
    return FallbackSyntax(kind: .step(call), span: span(from: word))
  }

  private mutating func errorHandler() throws(SyntaxFailure) -> ErrorHandlerSyntax {
    let hint = "for example `on out-of-stock -> 409` or `on out-of-stock -> offer-less`."
    let error = try expectName("the name of an error", hint: hint)
    try expect(.arrow, "`->` and a status or a fragment", hint: hint)
    if at(.word) { return ErrorHandlerSyntax(error: error, target: .fragment(try expectName("the name of a fragment"))) }
    return ErrorHandlerSyntax(error: error, target: .status(try wholeNumber("a status or the name of a fragment", hint: hint)))
  }

  /// `order.customer.name`
  private mutating func path(_ expected: String) throws(SyntaxFailure) -> PathSyntax {
    let root = try expectName(
      expected, hint: "an argument is the name of a binding or a field of one: `cart` or `cart.customer`. Plans hold no values.")
    var fields: [NameSyntax] = []
    while take(.dot) != nil { fields.append(try expectName("the name of a field")) }
    return PathSyntax(root: root, fields: fields)
  }

  // MARK: Parallel groups

  private static let joinWords = ["all", "all-required", "any", "first-success", "quorum"]

  private mutating func parallel() throws(SyntaxFailure) -> ParallelSyntax {
    let keyword = span(advance())
    var join = ParallelSyntax.Join.allRequired
    if at(.word) {
      let word = advance()
      switch text(word) {
      case "all": join = .all
      case "all-required": join = .allRequired
      case "any": join = .any
      case "first-success": join = .firstSuccess
      case "quorum":
        join = .quorum(try wholeNumber("how many branches have to succeed", hint: "for example `parallel quorum 2 { … }`."))
      default: throw failure(.unknownWord(name(word), role: "join", words: Self.joinWords))
      }
    }
    let block = try block(
      of: "the branches",
      replacement: { parser, start in Self.single(parser.brokenStatement(from: start)) },
      item: { parser throws(SyntaxFailure) in try parser.branch() })
    if block.items.isEmpty, !block.isBroken {
      report(.emptyBlock(block.open.through(block.close), of: "a parallel group"))
    }
    return ParallelSyntax(keyword: keyword, join: join, branches: block.items)
  }

  private mutating func branch() throws(SyntaxFailure) -> BlockSyntax {
    guard at(word: "branch"), peek().kind == .leftBrace else { return Self.single(try statement()) }
    advance()
    return try statements(of: "the branch", emptyIs: "a branch")
  }

  private static func single(_ statement: StatementSyntax) -> BlockSyntax {
    BlockSyntax(statements: [statement], open: statement.span, close: statement.span)
  }

  // MARK: Conditions

  private mutating func when() throws(SyntaxFailure) -> WhenSyntax {
    let keyword = span(advance())
    // `not` and `exists` can be names of bindings, too; a word behind them says that they are not.
    let isNegated = at(word: "not") && peek().kind == .word && text(peek()) != "is"
    if isNegated { advance() }
    let condition: WhenSyntax.Condition
    if at(word: "exists"), peek().kind == .word, text(peek()) != "is" {
      advance()
      condition = .exists(try path("the value that may be missing"))
    } else {
      let path = try path("a condition")
      if take(word: "is") != nil {
        condition = .isCase(path, try expectName("a case of an enum", hint: "for example `when order.status is paid { … }`."))
      } else {
        condition = .flag(path)
      }
    }
    let then = try statements(of: "what happens then", emptyIs: "a `when`")
    guard take(word: "otherwise") != nil else {
      return WhenSyntax(keyword: keyword, isNegated: isNegated, condition: condition, then: then, otherwise: nil)
    }
    let otherwise = try statements(of: "what happens otherwise", emptyIs: "an `otherwise`")
    return WhenSyntax(keyword: keyword, isNegated: isNegated, condition: condition, then: then, otherwise: otherwise)
  }

  // MARK: Choices

  private mutating func choose() throws(SyntaxFailure) -> ChooseSyntax {
    let keyword = span(advance())
    let value = try path("the value to choose by")
    var otherwise: (word: SourceSpan, body: BlockSyntax)?
    let block = try block(of: "the arms of the `choose`") { parser throws(SyntaxFailure) -> ChooseSyntax.Arm? in
      guard parser.at(word: "otherwise"), parser.peek().kind == .leftBrace else { return try parser.arm() }
      let word = parser.span(parser.advance())
      let body = try parser.statements(of: "what happens otherwise", emptyIs: "an `otherwise`")
      if otherwise != nil { parser.report(.secondOtherwise(word)) } else { otherwise = (word, body) }
      return nil
    }
    if block.items.isEmpty, !block.isBroken { report(.emptyBlock(block.open.through(block.close), of: "a `choose`")) }
    return ChooseSyntax(
      keyword: keyword, value: value, arms: block.items.compactMap { $0 }, otherwise: otherwise?.body,
      otherwiseWord: otherwise?.word, open: block.open, isBroken: block.isBroken)
  }

  /// `paid, shipped { … }`
  private mutating func arm() throws(SyntaxFailure) -> ChooseSyntax.Arm {
    let hint = "for example `choose order.status { paid { … } otherwise { … } }`."
    var cases = [try expectName("a case of the enum, or `otherwise`", hint: hint)]
    while take(.comma) != nil { cases.append(try expectName("another case of the enum", hint: hint)) }
    let names = cases.map { "`\($0.text)`" }.joined(separator: ", ")
    return ChooseSyntax.Arm(cases: cases, body: try statements(of: "what happens for \(names)", emptyIs: "an arm"))
  }

  // MARK: Loops

  private mutating func loop(from first: Token, binding: NameSyntax?) throws(SyntaxFailure) -> LoopSyntax {
    let hint = "for example `prices = for each line in cart.lines max 50 { … }`."
    advance()
    guard take(word: "each") != nil else { throw unexpected("`each` behind `for`", hint: hint) }
    guard at(.word) else { throw unexpected("a name for the element", hint: hint) }
    let element = try declaredName(.kebab, "a name for the element")
    guard take(word: "in") != nil else { throw unexpected("`in` and a list", hint: hint) }
    let list = try path("a list")
    guard take(word: "max") != nil else {
      throw unexpected("`max` and the most elements that a request may have", hint: hint)
    }
    let itemsMax = try wholeNumber("the most elements that a request may have", hint: hint)
    let head = span(from: first)
    let body = try statements(of: "what happens for each `\(element.text)`", emptyIs: "a loop")
    return LoopSyntax(binding: binding, element: element, list: list, itemsMax: itemsMax, body: body, span: head)
  }

  private mutating func statements(of what: String, emptyIs name: String) throws(SyntaxFailure) -> BlockSyntax {
    let (block, isBroken) = try statements(of: what)
    if block.statements.isEmpty, !isBroken { report(.emptyBlock(block.open.through(block.close), of: name)) }
    return block
  }
}
