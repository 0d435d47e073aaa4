/// What a parsing function throws after it has reported a mistake: the caller looks for a place to go on.
struct SyntaxFailure: Error {}

/// Recursive descent over the tokens of one file. A mistake costs the item in which it stands; the items around it are
/// read as usual.
package struct Parser {
  /// Deep enough for every plan that a person can follow, and far from the end of any stack.
  static let nestingMax = 32

  let file: SourceFile
  let tokens: [Token]
  private let comments: [Comment]
  private(set) var position = 0
  private(set) var diagnostics: [Diagnostic]
  private var nesting = 0
  /// Where the block was found to be open, so that the blocks around it do not say the same.
  private var unclosedPosition: Int?
  /// Items that could not be read, and blocks without an end.
  private(set) var brokenCount = 0

  package static func parse(_ file: SourceFile) -> (tree: SyntaxTree, diagnostics: [Diagnostic]) {
    let lexed = Lexer.lex(file)
    var parser = Parser(lexed)
    var tree = SyntaxTree(file: file, tokens: lexed.tokens, comments: lexed.comments)
    parser.declarations(into: &tree)
    return (tree, parser.diagnostics)
  }

  private init(_ lexed: LexedFile) {
    file = lexed.file
    tokens = lexed.tokens
    comments = lexed.comments
    diagnostics = lexed.diagnostics
  }

  // MARK: Tokens

  var current: Token { tokens[position] }

  func peek(_ distance: Int = 1) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  func at(_ kind: Token.Kind) -> Bool { current.kind == kind }

  func at(word: String) -> Bool { current.kind == .word && text(current) == word }

  func text(_ token: Token) -> String { file.text(token.start..<token.end) }

  func span(_ token: Token) -> SourceSpan { SourceSpan(file: file, start: token.start, end: token.end) }

  /// The last token stays current for ever.
  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  mutating func take(_ kind: Token.Kind) -> Token? { at(kind) ? advance() : nil }

  mutating func take(word: String) -> Token? { at(word: word) ? advance() : nil }

  /// - Parameter expected: with its article, as it reads behind "I expect".
  @discardableResult
  mutating func expect(_ kind: Token.Kind, _ expected: String, hint: String? = nil) throws(SyntaxFailure) -> Token {
    guard let token = take(kind) else { throw unexpected(expected, hint: hint) }
    return token
  }

  mutating func expectName(_ expected: String, hint: String? = nil) throws(SyntaxFailure) -> NameSyntax {
    name(try expect(.word, expected, hint: hint))
  }

  func name(_ token: Token) -> NameSyntax { NameSyntax(text: text(token), span: span(token)) }

  /// From the beginning of a token to the end of the token before the current one.
  func span(from token: Token) -> SourceSpan {
    let end = position > 0 ? tokens[position - 1].end : token.end
    return SourceSpan(file: file, start: token.start, end: max(end, token.end))
  }

  // MARK: Mistakes

  mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  /// Reports the current token. What the lexer reported is not reported again.
  mutating func unexpected(_ expected: String, hint: String? = nil) -> SyntaxFailure {
    if !at(.malformed) {
      report(.unexpectedToken(span(current), seen: description(of: current), expected: expected, hint: hint))
      // The blocks around are open for the same reason.
      if at(.endOfFile) { unclosedPosition = position }
    }
    return SyntaxFailure()
  }

  mutating func failure(_ diagnostic: Diagnostic) -> SyntaxFailure {
    report(diagnostic)
    return SyntaxFailure()
  }

  func description(of token: Token) -> String {
    switch token.kind {
    case .word: "the word `\(text(token))`"
    case .number: "the number `\(text(token))`"
    case .string: "the text `\(text(token))`"
    case .endOfFile: "the end of the file"
    default: "`\(text(token))`"
    }
  }

  // MARK: Recovery

  /// The words that begin a declaration.
  static let declarationWords = [
    "use", "record", "newtype", "enum", "error", "extern", "step", "flow", "profile", "reserved", "tombstone", "fixture",
  ]

  /// A declaration at the left edge cannot belong to the block around it: that block was never closed.
  var isAtDeclaration: Bool {
    let token = current
    guard token.kind == .word, token.startsLine, peek().kind == .word else { return false }
    guard token.start == 0 || file.bytes[token.start - 1] == UInt8(ascii: "\n") else { return false }
    return Self.declarationWords.contains(text(token))
  }

  /// Skips to the next line of the block that is being read, stepping over blocks inside it.
  /// - Parameter start: where the item began that could not be read.
  mutating func recover(from start: Int) {
    var depth = 0
    while !at(.endOfFile) {
      if position > start, depth == 0, current.startsLine { return }
      if position > start, isAtDeclaration { return }
      if at(.leftBrace) { depth += 1 }
      if at(.rightBrace) {
        if depth == 0 { return }
        depth -= 1
      }
      advance()
    }
  }

  /// Skips to the next line that begins a declaration. Every round moves on.
  mutating func recoverDeclaration(from start: Int) {
    var from = start
    repeat {
      recover(from: from)
      if position > start, current.kind == .word, Self.declarationWords.contains(text(current)) { return }
      from = position
      if at(.rightBrace) { advance() }
    } while !at(.endOfFile) && !isAtDeclaration
  }

  // MARK: Blocks

  struct Block<Item> {
    var items: [Item] = []
    var open: SourceSpan
    var close: SourceSpan
    /// An item could not be read, or the end is missing.
    var isBroken = false
  }

  /// `{ item item … }`. An item that cannot be read is left out, unless `replacement` makes something of it.
  /// - Parameter item: reads one item and at least one token.
  mutating func block<Item>(
    of what: String, allowsCommas: Bool = false,
    replacement: ((inout Parser, _ start: Int) -> Item)? = nil,
    item: (inout Parser) throws(SyntaxFailure) -> Item
  ) throws(SyntaxFailure) -> Block<Item> {
    let brace = try expect(.leftBrace, "`{`, which begins \(what)")
    var block = Block<Item>(open: span(brace), close: span(brace))
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingMax else {
      position -= 1
      report(.nestingTooDeep(block.open, max: Self.nestingMax))
      skipBlock()
      throw SyntaxFailure()
    }
    while true {
      if let close = take(.rightBrace) {
        block.close = span(close)
        return block
      }
      if at(.endOfFile) || isAtDeclaration {
        if unclosedPosition != position { report(.unclosedBlock(block.open, of: what, before: span(current))) }
        unclosedPosition = position
        block.close = SourceSpan(file: file, start: current.start, end: current.start)
        block.isBroken = true
        brokenCount += 1
        return block
      }
      let start = position
      do {
        block.items.append(try item(&self))
      } catch {
        block.isBroken = true
        brokenCount += 1
        recover(from: start)
        if let replacement { block.items.append(replacement(&self, start)) }
      }
      if allowsCommas { _ = take(.comma) }
    }
  }

  /// Steps over a block of any depth without recursion.
  private mutating func skipBlock() {
    var depth = 0
    repeat {
      if at(.leftBrace) { depth += 1 }
      if at(.rightBrace) { depth -= 1 }
      advance()
    } while depth > 0 && !at(.endOfFile)
  }

  /// Guards a recursion that is not a block.
  mutating func nested<Result>(
    _ body: (inout Parser) throws(SyntaxFailure) -> Result
  ) throws(SyntaxFailure) -> Result {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingMax else { throw failure(.nestingTooDeep(span(current), max: Self.nestingMax)) }
    return try body(&self)
  }

  // MARK: Documentation

  /// The `///` lines directly above the current token.
  func documentation() -> [String] {
    let from = position > 0 ? tokens[position - 1].end : 0
    var index = firstComment(endingAfter: current.start)
    var lines: [String] = []
    while index > 0 {
      index -= 1
      let comment = comments[index]
      guard comment.start >= from, comment.isDocumentation else { break }
      // A comment behind the token before belongs to that token's line.
      guard position == 0 || file.bytes[from..<comment.start].contains(UInt8(ascii: "\n")) else { break }
      var text = file.text(comment.start + 3..<comment.end)
      if text.hasPrefix(" ") { text.removeFirst() }
      while text.last?.isWhitespace == true { text.removeLast() }
      lines.append(text)
    }
    return lines.reversed()
  }

  /// The number of comments that begin before `offset`.
  private func firstComment(endingAfter offset: Int) -> Int {
    var low = 0
    var high = comments.count
    while low < high {
      let middle = (low + high) / 2
      if comments[middle].start < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
