/// Finds the line of a flow that a fact of the lock comes from. The resolved model knows the name of a flow only, and a
/// report is worth more at `deadline 1s`.
package enum FlowPropertyLocator {
  /// - Parameters:
  ///   - fact: as in the lock; empty for the flow itself.
  ///   - span: of the flow's name. Spans of other declarations, and lines of a lock, are good enough already and come
  ///     back as they are.
  package static func place(of fact: String, _ key: CatalogLock.Key, in span: SourceSpan) -> SourceSpan {
    guard key.kind == .flow, !fact.isEmpty, span.path.hasSuffix(".flow") else { return span }
    return find(words(of: fact), behind: span) ?? span
  }

  /// How the language begins the line.
  private static func words(of fact: String) -> [String] {
    let words = fact.split(separator: " ").map(String.init)
    switch words[0] {
    case "error": return ["on"] + words.dropFirst()
    case "status": return ["output"]
    case "experimental", "retired": return ["status", words[0]]
    case "idempotency-ttl": return ["idempotency"]
    case "gone-after-sunset": return ["sunset"]
    // A path has several tokens; the method is close enough.
    case "bind": return Array(words.prefix(2))
    default: return words
    }
  }

  /// Only properties, which stand directly in the braces of the flow.
  private static func find(_ words: [String], behind name: SourceSpan) -> SourceSpan? {
    let file = name.file
    let tokens = Lexer.lex(file).tokens
    guard let start = tokens.firstIndex(where: { $0.start >= name.end }) else { return nil }
    var depth = 0
    for index in start..<tokens.count {
      switch tokens[index].kind {
      case .leftBrace: depth += 1
      case .rightBrace:
        depth -= 1
        if depth == 0 { return nil }
      case .word where depth == 1:
        let candidate = tokens[index...].prefix(words.count)
        let texts = candidate.map { file.text($0.start..<$0.end) }
        guard texts == words, let first = candidate.first, let last = candidate.last else { continue }
        // The value belongs to the place as far as it is on the same line.
        let next = tokens[index...].dropFirst(words.count).first { $0.kind != .arrow }
        let end = next.map { $0.kind != .rightBrace && file.line(at: $0.start) == file.line(at: last.end) ? $0.end : last.end }
        return SourceSpan(file: file, start: first.start, end: end ?? last.end)
      default: break
      }
    }
    return nil
  }
}
