/// A piece of a `.flow` file that means something. Its text stays in the file.
package struct Token: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// A name or a keyword: the language has no keyword that is not also a name in some place.
    case word
    /// Anything that begins with a digit: `64`, `0.5`, `-1`, `800ms`, `2026-10-01`. The parser knows which it wants.
    case number
    /// With its quotes and escapes.
    case string
    case leftBrace, rightBrace, leftParenthesis, rightParenthesis, leftBracket, rightBracket
    case colon, comma, equals, arrow, dot, range, question, slash
    /// Was reported by the lexer. The parser steps over it in silence.
    case malformed
    case endOfFile
  }

  package let kind: Kind
  package let start: Int
  package let end: Int
  /// Nothing but white space and comments stands before it on its line.
  package let startsLine: Bool
}

/// A comment. The syntax tree leaves comments out; whoever needs them finds them by their offsets.
package struct Comment: Equatable, Sendable {
  package let start: Int
  package let end: Int
  /// `///`, as opposed to `//`.
  package let isDocumentation: Bool
}

/// What the lexer makes of a file. Tokens end with `endOfFile`; tokens, comments and white space together are the file.
package struct LexedFile {
  package let file: SourceFile
  package let tokens: [Token]
  package let comments: [Comment]
  package let diagnostics: [Diagnostic]
}
