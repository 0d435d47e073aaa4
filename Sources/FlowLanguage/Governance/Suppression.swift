/// `// route-gen: allow unused-binding because the audit reads it`, at the end of a line or on a line above it.
struct Suppression {
  /// The comment.
  let span: SourceSpan
  /// The code as written; empty when there is none.
  let code: String
  let codeSpan: SourceSpan
  /// `nil` when it is missing.
  let reason: String?
  /// The line that it speaks of.
  let line: Int

  /// All of a file, from top to bottom.
  static func find(in file: SourceFile) -> [Suppression] {
    // Almost no file has one, and this is much cheaper than cutting the file into tokens again.
    guard contains(Array("route-gen:".utf8), file.bytes) else { return [] }
    let lexed = Lexer.lex(file)
    let tokenLines = lexed.tokens.filter { $0.kind != .endOfFile }.map { file.line(at: $0.start) }
    let occupied = Set(tokenLines)
    return lexed.comments.compactMap { comment in
      let line = file.line(at: comment.start)
      let target = occupied.contains(line) ? line : tokenLines.first { $0 > line } ?? line
      return read(comment, in: file, line: target)
    }
  }

  private static func read(_ comment: Comment, in file: SourceFile, line: Int) -> Suppression? {
    let text = file.text(comment.start..<comment.end)
    let content = text.drop { $0 == "/" }.trimmingSpaces
    guard content.hasPrefix("route-gen:") else { return nil }
    let words = content.dropFirst("route-gen:".count).split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let span = SourceSpan(file: file, start: comment.start, end: comment.end)
    guard words.first == "allow", words.count > 1 else {
      return Suppression(span: span, code: "", codeSpan: span, reason: nil, line: line)
    }
    let reason = words.count > 3 && words[2] == "because" ? words[3...].joined(separator: " ") : nil
    return Suppression(span: span, code: words[1], codeSpan: find(words[1], in: span), reason: reason, line: line)
  }

  private static func find(_ word: String, in span: SourceSpan) -> SourceSpan {
    let bytes = Array(span.file.bytes[span.start..<span.end])
    let wanted = Array(word.utf8)
    // Behind the `allow`, where the code stands.
    let allow = offset(of: Array("allow".utf8), in: bytes, from: 0) ?? 0
    guard let offset = offset(of: wanted, in: bytes, from: allow + 5) else { return span }
    return SourceSpan(file: span.file, start: span.start + offset, end: span.start + offset + wanted.count)
  }

  private static func contains(_ wanted: [UInt8], _ bytes: [UInt8]) -> Bool { offset(of: wanted, in: bytes, from: 0) != nil }

  private static func offset(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard !wanted.isEmpty, bytes.count - start >= wanted.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      (start...(bytes.count - wanted.count)).first { begin in
        bytes[begin] == wanted[0] && wanted.indices.allSatisfy { bytes[begin + $0] == wanted[$0] }
      }
    }
  }
}
