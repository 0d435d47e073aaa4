import FlowLanguage
import Testing

@testable import FlowTools

@Suite("The canonical form of .flow files")
struct FlowFormatterTests {
  /// Tokens with their text, and comments by the tokens before which they stand.
  private func meaning(_ file: SourceFile) -> [String] {
    let lexed = Lexer.lex(file)
    let tokens = lexed.tokens.map { ($0.start, file.text($0.start..<$0.end)) }
    let comments = lexed.comments.map { comment in
      var text = file.text(comment.start..<comment.end)
      while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" { text.unicodeScalars.removeLast() }
      return (comment.start, text)
    }
    return (tokens + comments).sorted { $0.0 < $1.0 }.map(\.1)
  }

  private func expectStable(_ file: SourceFile) {
    let text = FlowFormatter.layout(Lexer.lex(file))
    let formatted = SourceFile(path: file.path, text: text)
    #expect(meaning(formatted) == meaning(file), "\(file.path) keeps its tokens and comments")
    let again = FlowFormatter.layout(Lexer.lex(formatted))
    #expect(again == text, "\(file.path) is formatted twice\n\(text)")
    // What cannot be read keeps its lines.
    guard case .formatted = FlowFormatter.format(file) else { return }
    let isTrimmed = text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { $0.last != " " }
    #expect(isTrimmed, "\(file.path) has no white space at the end of a line")
    #expect(!text.contains("\n\n\n"), "\(file.path) has no two empty lines")
  }

  @Test("every file keeps its tokens and comments, and formatting it twice is formatting it once", arguments: FlowSources.all)
  func isStable(file: SourceFile) {
    // What is not UTF-8 would be repaired, and what the lexer could not read is no token.
    if Lexer.lex(file).diagnostics.isEmpty { expectStable(file) }
  }

  @Test("the form of a file depends on its tokens alone, where it has no comments and no empty lines")
  func isCanonicalForm() {
    var generator = FlowFileGenerator(.seeded("canonical form"))
    for _ in 0..<200 {
      let tokens = generator.file()
      let first = generator.spaced(tokens, comments: false)
      let one = FlowFormatter.layout(Lexer.lex(SourceFile(path: "a.flow", text: first)))
      let second = generator.spaced(tokens, comments: false)
      let other = FlowFormatter.layout(Lexer.lex(SourceFile(path: "a.flow", text: second)))
      #expect(one == other, "\(first)\n-----\n\(second)")
    }
  }

  @Test("files of the whole grammar with comments anywhere keep their tokens and comments")
  func isStableWithComments() {
    var generator = FlowFileGenerator(.seeded("stable form"))
    for _ in 0..<200 {
      let tokens = generator.file()
      expectStable(SourceFile(path: "a.flow", text: generator.spaced(tokens, comments: true)))
    }
  }

  @Test("there are files to format at all")
  func areFound() {
    #expect(FlowSources.files.count > 15)
    #expect(FlowSources.cases.count > 100)
  }

  @Test("every file of the repository has its canonical form", arguments: FlowSources.files.filter { !$0.path.contains("GeneratedFlows") })
  func isCanonical(file: SourceFile) {
    #expect(FlowFormatter.format(file) == .formatted(file.text(0..<file.bytes.count)))
  }
}

extension SourceFile: CustomTestStringConvertible {
  public var testDescription: String { path }
}
