import FlowLanguage

/// What may stand at a place of a file, from the tokens before it. It works on half-written files: that is where it is
/// needed.
enum CompletionContext: Equatable {
  case declaration
  case module
  case type
  /// Behind a field's type.
  case constraint
  /// Behind a step's parameters.
  case stepAttribute
  case property
  case statement
  /// A step, where nothing else may stand.
  case step
  /// Behind a call.
  case modifier
  /// A value of the plan.
  case value
  /// A field of what the path before the dot reads.
  case field(of: [String])
  case error
  case exampleLine
  case flowReference
  case profile
  /// One out of a closed list.
  case words([String])
  case nothing

  /// - Parameter offset: where the word begins that is being written.
  init(_ tokens: [Token], of file: SourceFile, at offset: Int) {
    let before = tokens.prefix { $0.end <= offset && $0.kind != .endOfFile }
    self = Self.context(Array(before), file, startsLine: Self.startsLine(offset, file))
  }

  private static func context(_ before: [Token], _ file: SourceFile, startsLine: Bool) -> CompletionContext {
    func word(_ token: Token?) -> String { token.map { file.text($0.start..<$0.end) } ?? "" }
    guard let last = before.last else { return .declaration }
    if last.kind == .dot { return .field(of: path(before.dropLast(), file)) }
    let block = Block.around(before, file)
    if last.kind == .word, !startsLine || isOpen(word(last)) {
      if let context = following(word(last), before.dropLast().last.map { word($0) } ?? "", block) { return context }
    }
    switch block {
    case .file: return file_(before, file, startsLine)
    case .type: return last.kind == .colon || last.kind == .leftBracket ? .type : startsLine ? .nothing : .constraint
    case .flow:
      if last.kind == .leftBracket { return .type }
      return startsLine || last.kind == .leftBrace ? .property : .nothing
    case .example: return startsLine || last.kind == .leftBrace ? .exampleLine : .nothing
    case .arguments: return last.kind == .leftParenthesis || last.kind == .comma ? .value : .nothing
    case .parameters: return last.kind == .colon || last.kind == .leftBracket ? .type : .nothing
    case .plan:
      if last.kind == .equals { return .step }
      if last.kind == .rightParenthesis, !startsLine { return .modifier }
      return startsLine || last.kind == .leftBrace ? .statement : .nothing
    case .other: return .nothing
    }
  }

  private static func file_(_ before: [Token], _ file: SourceFile, _ startsLine: Bool) -> CompletionContext {
    switch before.last?.kind {
    case .arrow, .colon, .leftBracket: return .type
    default: break
    }
    if startsLine {
      // A step's line may be broken; a declaration begins at the left edge.
      return .declaration
    }
    let line = before.suffix(from: before.lastIndex { $0.startsLine } ?? 0)
    guard let first = line.first else { return .nothing }
    return file.text(first.start..<first.end) == "step" ? .stepAttribute : .nothing
  }

  /// What a word asks for.
  private static func following(_ word: String, _ previous: String, _ block: Block) -> CompletionContext? {
    switch (word, block) {
    case ("use", .file): .module
    case ("fails", _), ("on", .flow), ("on", .plan): .error
    case ("needs", .file): .words(["db", "time", "crypto"])
    case ("may", .file): .words(["insert", "replace"])
    case ("input", .flow), ("output", .flow): .type
    case ("method", .flow), ("bind", .flow): .words(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
    case ("profile", .flow): .profile
    case ("status", .flow): .words(["experimental", "stable", "deprecated", "retired"])
    case ("tenant", .flow), ("idempotency", .flow): .words(["required", "optional"])
    case ("requires", .flow): .words(["role", "capability"])
    case ("from", .flow): .words(["query", "body"])
    case ("successor", _): .flowReference
    case ("done", .plan), ("undo", .plan), ("given", .example): .step
    case ("else", .plan): .step
    case ("parallel", .plan): .words(Parser.joinWords)
    case ("when", .plan), ("not", .plan), ("exists", .plan), ("choose", .plan), ("in", .plan): .value
    case ("is", .plan): .nothing
    default: nil
    }
  }

  /// Words behind which a line does not end.
  private static func isOpen(_ word: String) -> Bool { ["use", "done", "undo", "fails", "needs", "given"].contains(word) }

  private static func path(_ tokens: ArraySlice<Token>, _ file: SourceFile) -> [String] {
    var names: [String] = []
    var wantsWord = true
    for token in tokens.reversed() {
      guard token.kind == (wantsWord ? .word : .dot) else { break }
      if wantsWord { names.append(file.text(token.start..<token.end)) }
      wantsWord.toggle()
    }
    return names.reversed()
  }

  private static func startsLine(_ offset: Int, _ file: SourceFile) -> Bool {
    let start = file.range(ofLine: file.line(at: offset)).lowerBound
    return file.bytes[start..<max(start, min(offset, file.bytes.count))].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }
}

/// The innermost pair of brackets around a place.
private enum Block {
  case file
  /// The fields of a record or an error.
  case type
  case flow
  case plan
  case example
  /// Of a call in a plan.
  case arguments
  /// Of a step line or a fragment.
  case parameters
  case other

  static func around(_ tokens: [Token], _ file: SourceFile) -> Block {
    var stack: [Block] = []
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .leftBrace: stack.append(opened(at: index, tokens, file, inside: stack.last ?? .file))
      case .leftParenthesis: stack.append(isPlan(stack.last) ? .arguments : .parameters)
      case .rightBrace, .rightParenthesis: _ = stack.popLast()
      default: break
      }
    }
    return stack.last ?? .file
  }

  private static func isPlan(_ block: Block?) -> Bool {
    if case .plan? = block { true } else { false }
  }

  /// What a brace begins follows from the word that begins its line or stands behind the bracket before it.
  private static func opened(at index: Int, _ tokens: [Token], _ file: SourceFile, inside: Block) -> Block {
    var first = index - 1
    while first > 0, !tokens[first].startsLine, tokens[first - 1].kind != .leftBrace, tokens[first - 1].kind != .rightBrace {
      first -= 1
    }
    let words = tokens[max(0, first)..<index].map { file.text($0.start..<$0.end) }
    switch inside {
    case .file:
      switch words.first {
      case "record", "error": return .type
      case "flow": return .flow
      case "fragment": return .plan
      default: return .other
      }
    case .flow:
      if words.contains("plan") || words.first == "fragment" { return .plan }
      return words.first == "example" ? .example : .other
    case .plan: return .plan
    case .type, .example, .arguments, .parameters, .other: return .other
    }
  }
}
