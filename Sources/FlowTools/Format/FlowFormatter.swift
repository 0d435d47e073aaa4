package import FlowLanguage

/// Brings a `.flow` file into its one canonical form. Pure.
///
/// Only white space changes: every token and every comment stays, in its order. What the form is follows from the tokens,
/// the comments and the empty lines alone, so formatting a formatted file changes nothing.
package enum FlowFormatter {
  package enum Outcome: Equatable {
    case formatted(String)
    /// The file has mistakes of syntax: where its parts end is not certain, so nothing is moved.
    case refused([Diagnostic])
  }

  package static func format(_ file: SourceFile) -> Outcome {
    let diagnostics = Parser.parse(file).diagnostics.filter { !$0.code.keepsShape }
    guard diagnostics.isEmpty else { return .refused(diagnostics) }
    return .formatted(layout(Lexer.lex(file)))
  }

  /// The canonical form of any tokens. The layout knows the grammar but does not insist on it: a construct that it does
  /// not know keeps its lines.
  package static func layout(_ file: LexedFile) -> String {
    var builder = LayoutBuilder(TokenCursor(file))
    return LayoutPrinter.lines(builder.file(), indent: 0)
  }
}

extension DiagnosticCode {
  /// The parser reports it, but knows what the author means: formatting is safe.
  fileprivate var keepsShape: Bool {
    switch self {
    case .nameStyle, .duplicateProperty, .emptyBlock, .unknownEscape: true
    default: false
    }
  }
}
