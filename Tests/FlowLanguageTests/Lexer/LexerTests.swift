import Testing

@testable import FlowLanguage

@Suite("Lexer")
struct LexerTests {
  private static func kinds(_ text: String) -> [Token.Kind] {
    Lexer.lex(SourceFile(path: "Test.flow", text: text)).tokens.map(\.kind).dropLast()
  }

  @Test("texts become tokens", arguments: [
    ("a->b", [.word, .arrow, .word]), ("a-b->c", [.word, .arrow, .word]), ("a-", [.word, .malformed]),
    ("1..64", [.number, .range, .number]), ("0.5..1.5", [.number, .range, .number]), ("-1", [.number]),
    ("800ms", [.number]), ("2026-10-01", [.number]), ("v2/check-out", [.word, .slash, .word]),
    ("a.b.c", [.word, .dot, .word, .dot, .word]), ("[T?]", [.leftBracket, .word, .question, .rightBracket]),
    ("\"a\\\"b\"", [.string]), ("\"a", [.malformed]), ("a // b", [.word]), ("/// a", []), ("é–x", [.malformed, .word]),
    ("\u{FEFF}a", [.word]), ("", []),
  ] as [(String, [Token.Kind])])
  func tokenKinds(text: String, kinds: [Token.Kind]) {
    #expect(Self.kinds(text) == kinds)
  }

  @Test("tokens, comments and white space together are the file")
  func losesNothing() {
    let text = "/// About.\nrecord Cart { // here\r\n  id: string = \"x\" // there\n}\n// end"
    let file = SourceFile(path: "Test.flow", text: text)
    let lexed = Lexer.lex(file)
    let pieces = (lexed.tokens.map { ($0.start, $0.end) } + lexed.comments.map { ($0.start, $0.end) }).sorted { $0 < $1 }
    var end = 0
    for piece in pieces {
      let gap = file.text(end..<piece.0)
      let isWhiteSpace = gap.allSatisfy(\.isWhitespace)
      #expect(isWhiteSpace, "\(gap) is lost")
      end = piece.1
    }
    #expect(end == file.bytes.count)
    #expect(lexed.comments.map(\.isDocumentation) == [true, false, false, false])
  }

  @Test("lines and columns count characters", arguments: [
    ("abc", 2, 1, 3), ("a\nbc", 2, 2, 1), ("a\r\nbc", 4, 2, 2), ("é x", 3, 1, 3), ("😀😀x", 8, 1, 3), ("ab", 2, 1, 3),
  ])
  func positions(text: String, offset: Int, line: Int, column: Int) {
    let file = SourceFile(path: "Test.flow", text: text)
    #expect(file.line(at: offset) == line)
    #expect(file.column(at: offset) == column)
  }
}
