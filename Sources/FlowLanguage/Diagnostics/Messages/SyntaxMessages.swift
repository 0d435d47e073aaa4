// What the parser cannot read.

extension Diagnostic {
  static func unexpectedToken(_ span: SourceSpan, seen: String, expected: String, hint: String?) -> Diagnostic {
    let title = span.start == span.end ? "unexpected end of the file" : "unexpected `\(span.text)`"
    return Diagnostic(
      .unexpectedToken, at: span, title, "I expect \(expected), but I see \(seen).", hint: hint)
  }

  static func strayBrace(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unexpectedToken, at: span, "a brace that closes nothing",
      "Every block that was opened before this `}` is closed already.",
      hint: "there is one `}` too many here, or a `{` is missing above.")
  }

  static func otherwiseWithoutWhen(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unexpectedToken, at: span, "`otherwise` without `when`",
      "An `otherwise` belongs to the `when` directly in front of it, and there is none.",
      hint: "for example `when quote.needs-review { … } otherwise { … }`.")
  }

  static func branchOutsideParallel(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unexpectedToken, at: span, "`branch` outside of a parallel group",
      "A `branch { … }` groups statements inside `parallel { … }`, and this block is no parallel group.",
      hint: "statements that run one after the other stand in the plan as they are.")
  }

  static func unclosedBlock(_ open: SourceSpan, of what: String, before: SourceSpan) -> Diagnostic {
    let isEnd = before.start == before.file.bytes.count
    return Diagnostic(
      .unclosedBlock, at: open, "block without an end",
      "This `{` begins \(what), and I see no `}` for it before \(isEnd ? "the end of the file" : "the next declaration").",
      related: isEnd ? [] : [Related(label: "The next declaration begins here", span: before)],
      hint: "if the braces below look right, one of the blocks inside is the one that is not closed.")
  }

  static func nestingTooDeep(_ span: SourceSpan, max: Int) -> Diagnostic {
    Diagnostic(
      .nestingTooDeep, at: span, "nested too deeply",
      "I read at most \(max) levels of blocks and types inside each other, and this is one more.",
      hint: "a plan of this depth is easier to follow as several flows, or with its conditions in a step.")
  }

  static func unknownDeclaration(_ name: NameSyntax, words: [String]) -> Diagnostic {
    let matches = NearMatches.find(name.text, among: words.map { Candidate($0) })
    return Diagnostic(
      .unknownDeclaration, at: name.span, "unknown declaration",
      DiagnosticText.withNearNames("I expect a declaration here, and `\(name.text)` begins none.", matches),
      hint: "a declaration begins with \(DiagnosticText.words(words, last: "or")).", fix: DiagnosticText.fix(name, matches))
  }

  static func unknownProperty(_ name: NameSyntax, words: [String]) -> Diagnostic {
    let matches = NearMatches.find(name.text, among: words.map { Candidate($0) })
    return Diagnostic(
      .unknownProperty, at: name.span, "unknown property",
      DiagnosticText.withNearNames("A flow has no property called `\(name.text)`.", matches),
      hint: "the properties are \(DiagnosticText.words(words)).", fix: DiagnosticText.fix(name, matches))
  }

  /// - Parameter role: what the word should be, without article: "method".
  static func unknownWord(_ name: NameSyntax, role: String, words: [String]) -> Diagnostic {
    let matches = NearMatches.find(name.text, among: words.map { Candidate($0) })
    let list = DiagnosticText.words(words, last: "or")
    return Diagnostic(
      .unknownWord, at: name.span, "unknown \(role)",
      DiagnosticText.withNearNames("I know no \(role) called `\(name.text)`.", matches),
      hint: words.count == 1 ? "what I know here is \(list)." : "what I know here is one of \(list).",
      fix: DiagnosticText.fix(name, matches))
  }

  static func duplicateProperty(_ word: NameSyntax, of what: String = "flow") -> Diagnostic {
    Diagnostic(
      .duplicateProperty, at: word.span, "second `\(word.text)`",
      "A \(what) has one `\(word.text)`, and this one already has it above.",
      hint: "keep the one that is right and remove the other.")
  }

  static func missingProperty(_ flow: NameSyntax, _ property: String, example: String, why: String) -> Diagnostic {
    Diagnostic(
      .missingProperty, at: flow.span, "flow without \(property)",
      "I see no `\(property)` in flow `\(flow.text)`. \(why)", hint: "for example `\(example)`.")
  }

  static func emptyBlock(_ span: SourceSpan, of what: String) -> Diagnostic {
    Diagnostic(
      .emptyBlock, at: span, "nothing inside", "I see \(what) with nothing inside, which would never do anything.",
      hint: "fill it or remove it.")
  }

  static func nameStyle(_ name: NameSyntax, _ style: NameStyle) -> Diagnostic {
    let better = style.converted(name.text)
    let suggestion = better.map { " I would write `\($0)`." } ?? ""
    return Diagnostic(
      .nameStyle, at: name.span, "name in another style",
      "`\(name.text)` is not written like the other names of its kind.\(suggestion)", hint: style.hint,
      fix: better.map { Fix(title: "write `\($0)`", span: name.span, replacement: $0) })
  }

  static func optionalTwice(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .optionalPosition, at: span, "optional twice", "The type is optional already; a second `?` adds nothing to it.",
      hint: "remove this `?`.", fix: Fix(title: "remove `?`", span: span, replacement: ""))
  }

  static func mapKey(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unexpectedToken, at: span, "key of a map that is not `string`",
      "A map becomes a JSON object, whose keys are always texts, so its type is `[string: T]`.",
      hint: "for other keys, a list of records works: `[Entry]` with `record Entry { key: int  value: T }`.")
  }
}
