import FlowLanguage

/// Walks over the tokens of a file and hands out each of them once, together with the comments that belong to it.
///
/// A comment on the line of the token before belongs to that token, any other one to the token behind it.
struct TokenCursor {
  private let file: SourceFile
  private let tokens: [Token]
  private let comments: [Comment]
  private(set) var index = 0
  private var commentIndex = 0
  private var trailing: String?

  init(_ lexed: LexedFile) {
    file = lexed.file
    tokens = lexed.tokens
    comments = lexed.comments
  }

  // MARK: Looking

  var current: Token { tokens[index] }
  var previous: Token? { index > 0 ? tokens[index - 1] : nil }
  var isAtEnd: Bool { at(.endOfFile) }

  func peek(_ distance: Int = 1) -> Token { tokens[min(index + distance, tokens.count - 1)] }
  func text(_ token: Token) -> String { file.text(token.start..<token.end) }
  func at(_ kind: Token.Kind) -> Bool { current.kind == kind }
  func at(_ word: String) -> Bool { at(.word) && text(current) == word }
  func at(anyOf words: Set<String>) -> Bool { at(.word) && words.contains(text(current)) }

  /// Nothing but blanks and at most one line break stand between the last token and the current one.
  var isJoined: Bool {
    guard trailing == nil, let previous else { return false }
    if commentIndex < comments.count, comments[commentIndex].start < current.start { return false }
    return lineBreaks(previous.end, current.start) <= 1
  }

  // MARK: Taking

  /// The current token behind the comments that nobody has taken. The cursor stays on the last token of the file.
  mutating func next() -> Layout {
    var parts: [Layout] = []
    if let comment = takeTrailing() { parts.append(.trailingComment(comment)) }
    for comment in takeLeading().comments { parts.append(.ownLineComment(comment.text)) }
    let token = current
    if token.kind == .endOfFile { return .sequence(parts) }
    parts.append(.text(text(token)))
    index += 1
    if commentIndex < comments.count {
      let comment = comments[commentIndex]
      if comment.start < current.start, lineBreaks(token.end, comment.start) == 0 {
        trailing = text(comment)
        commentIndex += 1
      }
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  /// The comment on the line of the token that was taken last.
  mutating func takeTrailing() -> String? {
    defer { trailing = nil }
    return trailing
  }

  /// The comments above the current token, and whether an empty line stands directly above the token.
  mutating func takeLeading() -> (comments: [LayoutRow.LeadingComment], blank: Bool) {
    var found: [LayoutRow.LeadingComment] = []
    var end = commentIndex > 0 ? comments[commentIndex - 1].end : 0
    if let previous { end = max(end, previous.end) }
    while commentIndex < comments.count, comments[commentIndex].start < current.start {
      let comment = comments[commentIndex]
      found.append(.init(text: text(comment), followsBlankLine: lineBreaks(end, comment.start) > 1))
      end = comment.end
      commentIndex += 1
    }
    return (found, lineBreaks(end, current.start) > 1)
  }

  private func text(_ comment: Comment) -> String {
    var text = Substring(file.text(comment.start..<comment.end))
    while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" { text.unicodeScalars.removeLast() }
    return String(text)
  }

  private func lineBreaks(_ start: Int, _ end: Int) -> Int {
    start < end ? file.bytes[start..<end].count { $0 == UInt8(ascii: "\n") } : 0
  }
}
