package import FlowLanguage
import FlowTools
import ZerverCatalog

/// What holds for every input of the front end, whatever the bytes are. That it comes back at all is the first of it.
///
/// Tests, the mutating driver and the fuzzer share this file.
package enum FrontEndInvariants {
  /// What is broken, in a sentence; `nil` when all holds.
  package static func violation(_ files: [SourceFile], dependencies: [(module: String, files: [SourceFile])] = []) -> String? {
    let today = CalendarDate(text: "2027-01-01")
    let result = FlowCompiler.compile(module: "Shop", files: files, dependencies: dependencies, today: today)
    let hasErrors = result.diagnostics.contains { $0.severity == .error }
    if (result.module == nil) != hasErrors { return "a module comes out exactly when nothing is wrong" }
    for diagnostic in result.diagnostics { if let problem = problem(diagnostic) { return problem } }
    if let problem = renderings(result.diagnostics) { return problem }
    for file in files { if let problem = formatting(file, isClean: !hasErrors) { return problem } }
    if let module = result.module, let today { return outputs(module, today) }
    return nil
  }

  private static func problem(_ diagnostic: Diagnostic) -> String? {
    let code = diagnostic.code.rawValue
    if diagnostic.title.isEmpty || diagnostic.explanation.isEmpty { return "\(code) has no text" }
    for span in [diagnostic.span] + diagnostic.related.map(\.span) + (diagnostic.fix.map { [$0.span] } ?? []) {
      if span.file.bytes.isEmpty ? span.start != 0 : span.line < 1 || span.line > span.file.lineCount { return "\(code) points nowhere" }
    }
    return nil
  }

  private static func renderings(_ diagnostics: [Diagnostic]) -> String? {
    for format in DiagnosticFormat.allCases {
      let text = format.render(diagnostics)
      if text.isEmpty != diagnostics.isEmpty, format == .text || format == .github { return "\(format) loses diagnostics" }
      let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
      if format == .github, lines != diagnostics.count { return "a workflow command is one line" }
    }
    return nil
  }

  // MARK: Formatting

  private static func formatting(_ file: SourceFile, isClean: Bool) -> String? {
    let lexed = Lexer.lex(file)
    let layout = FlowFormatter.layout(lexed)
    // What is no token and what is not UTF-8 cannot be written back.
    if !lexed.diagnostics.isEmpty { return nil }
    let formatted = SourceFile(path: file.path, text: layout)
    let again = Lexer.lex(formatted)
    if words(lexed) != words(again) { return "formatting keeps tokens and comments" }
    // What means nothing keeps its lines, and those change.
    guard isClean, case .formatted(let text) = FlowFormatter.format(file) else { return nil }
    if text != layout { return "the form of a file depends on its tokens" }
    return FlowFormatter.format(formatted) == .formatted(text) ? nil : "formatting twice is formatting once"

  }

  private static func words(_ lexed: LexedFile) -> [String] {
    let tokens = lexed.tokens.map { ($0.start, lexed.file.text($0.start..<$0.end)) }
    let comments = lexed.comments.map { comment in
      var text = Substring(lexed.file.text(comment.start..<comment.end)).unicodeScalars
      while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
      return (comment.start, String(text))
    }
    return (tokens + comments).sorted { $0.0 < $1.0 }.map(\.1)
  }

  // MARK: What comes out

  private static func outputs(_ module: ResolvedModule, _ today: CalendarDate) -> String? {
    if SwiftEmitter.emit(module).contains(where: { $0.text.isEmpty }) { return "a generated file is empty" }
    for format in GraphFormat.allCases {
      if format.catalog(module.flows, on: today).isEmpty { return "\(format) draws no catalog" }
      for flow in module.flows where format.plan(of: flow).isEmpty { return "\(format) draws no plan" }
    }
    for flow in module.flows where FlowExplanation(flow, today: today).text.isEmpty { return "a flow has no explanation" }
    return nil
  }
}
