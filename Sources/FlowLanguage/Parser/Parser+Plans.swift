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
    a statement is `name = step(arguments)`, `step(arguments)`, `parallel { … }`, `when … { … }` or `done step(arguments)`.
    """

  private static let statementWords = ["parallel", "when", "done", "branch", "otherwise"]

  private mutating func statement() throws(SyntaxFailure) -> StatementSyntax {
    guard at(.word) else { throw unexpected("a statement", hint: Self.statementHint) }
    let word = current
    switch peek().kind {
    case .equals:
      let binding = try declaredName(.kebab, "a name")
      advance()
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
    case "otherwise": throw failure(.otherwiseWithoutWhen(span(word)))
    case "branch": throw failure(.branchOutsideParallel(span(word)))
    default:
      // On the line of the statement before, it was meant as a part of that statement.
      if !word.startsLine, position > 0, tokens[position - 1].kind != .leftBrace {
        throw failure(.unknownWord(name(word), role: "part of a statement", words: ["timeout"]))
      }
      let isMisspelt = !NearMatches.find(text(word), among: Self.statementWords.map { Candidate($0) }).isEmpty
      if isMisspelt { throw failure(.unknownWord(name(word), role: "statement", words: Self.statementWords)) }
      advance()
      throw unexpected("`=` or `(` behind `\(text(word))`", hint: Self.statementHint)
    }
  }

  // MARK: Steps

  private mutating func use(
    from first: Token, binding: NameSyntax?, done: SourceSpan? = nil
  ) throws(SyntaxFailure) -> UseSyntax {
    let step = try expectName("the name of a step", hint: "for example `cart = load-cart(request)`.")
    try expect(
      .leftParenthesis, "`(` and the arguments of step `\(step.text)`", hint: "a step without arguments is `\(step.text)()`.")
    var arguments: [PathSyntax] = []
    while take(.rightParenthesis) == nil {
      arguments.append(try path("an argument, or `)`"))
      if take(.comma) == nil, !at(.rightParenthesis) { throw unexpected("`,` and another argument, or `)`") }
    }
    var timeout: DurationSyntax?
    if at(word: "timeout"), peek().kind == .number {
      advance()
      timeout = try duration("a duration")
    }
    return UseSyntax(
      binding: binding, done: done, step: step, arguments: arguments, timeout: timeout, span: span(from: first))
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

  private mutating func statements(of what: String, emptyIs name: String) throws(SyntaxFailure) -> BlockSyntax {
    let (block, isBroken) = try statements(of: what)
    if block.statements.isEmpty, !isBroken { report(.emptyBlock(block.open.through(block.close), of: name)) }
    return block
  }
}
