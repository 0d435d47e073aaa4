// `choose` and `for each`.

extension Diagnostic {
  // MARK: Choices

  static func secondOtherwise(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .duplicateProperty, at: span, "second `otherwise`",
      "A `choose` has one `otherwise`, for all cases that no arm names, and this one already has it above.",
      hint: "keep the one that is right and remove the other.")
  }

  static func chooseType(_ path: PathSyntax, type: ResolvedType) -> Diagnostic {
    let hint: String
    switch type.wrapped {
    case .bool: hint = "a `bool` is a condition: `when \(path.text) { … } otherwise { … }`."
    case .record: hint = "a field of the record can be chosen by, if it is an enum."
    default: hint = "let a step decide, and return a record with an enum."
    }
    return Diagnostic(
      .chooseType, at: path.span, "`choose` by something that is no enum",
      "The arms of a `choose` are cases of an enum, and `\(path.text)` is \(DiagnosticText.one(type)).", hint: hint)
  }

  static func chooseNotExhaustive(_ span: SourceSpan, _ enumeration: CheckedEnum, missing: [String]) -> Diagnostic {
    Diagnostic(
      .chooseNotExhaustive, at: span, "`choose` that leaves cases out",
      "Nothing says what happens for \(DiagnosticText.words(missing)).",
      related: [Related(label: "The enum is declared here", span: enumeration.syntax.name.span)],
      hint: "add an arm for each, or an `otherwise { … }` for all of them.")
  }

  static func chooseMayBeEmpty(_ path: PathSyntax) -> Diagnostic {
    Diagnostic(
      .chooseNotExhaustive, at: path.span, "`choose` by a value that may be empty",
      "`\(path.text)` may be empty when the plan comes here, and then it is of no case.",
      hint: "add an `otherwise { … }`, which runs for an empty value, too.")
  }

  static func needlessOtherwise(_ span: SourceSpan, _ enumeration: CheckedEnum) -> Diagnostic {
    Diagnostic(
      .needlessOtherwise, at: span, "`otherwise` that never runs",
      "The arms name every case that the value can have here, so nothing is left for the `otherwise`.",
      related: [Related(label: "The enum is declared here", span: enumeration.syntax.name.span)],
      hint: "remove it: when the enum gets another case, I say that an arm is missing.")
  }

  static func impossibleCase(_ name: NameSyntax, _ path: PathSyntax, possible: [String]) -> Diagnostic {
    let rest = possible.isEmpty ? "no case is left here" : "here it can only be \(DiagnosticText.words(possible, last: "or"))"
    return Diagnostic(
      .impossibleCase, at: name.span, "case that cannot be",
      "A block around this one has decided about `\(path.text)`: \(rest).",
      hint: "remove it, or ask for `\(name.text)` outside of that block.")
  }

  // MARK: Loops

  static func loopList(_ path: PathSyntax, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .loopList, at: path.span, "loop over something that is no list",
      "`for each` goes through the elements of a list, and `\(path.text)` is \(DiagnosticText.one(type)).",
      hint: "let a step return a list, for example `step split-order(order: Order) -> [Part]`.")
  }

  static func loopBound(_ bound: Spanned<Int>, _ range: ClosedRange<Int>) -> Diagnostic {
    Diagnostic(
      .loopBound, at: bound.span, "bound of a loop that does not fit",
      "`max` is the number of elements that one request may have, \(range.lowerBound) to \(range.upperBound), and this says \(bound.value).",
      hint: "what goes through more belongs into one step that asks for all of it at once.")
  }

  static func nothingToCollect(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .loopCollects, at: name.span, "loop that collects nothing",
      "`\(name.text)` would be the list of what the last statement of each round writes, and that statement writes nothing.",
      hint: "end the body with `some-name = step(…)`, or write the loop without a name.")
  }

  static func collectsNothing(_ name: NameSyntax, loop: NameSyntax) -> Diagnostic {
    Diagnostic(
      .loopCollects, at: name.span, "loop that collects what may be empty",
      "`\(loop.text)` is the list of every round's `\(name.text)`, which may be empty, and elements of a list cannot be.",
      hint: "end the body with a value that every round has, for example by `else default`.")
  }

  static func doneInLoop(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .doneInLoop, at: span, "`done` in a loop", "The request would be answered in the middle of its rounds.",
      hint: "let the loop collect values, and answer behind it. A step may also end it with an error.")
  }

  static func oneRound(_ name: NameSyntax, writer: SourceSpan) -> Diagnostic {
    Diagnostic(
      .outOfScope, at: name.span, "value of one round",
      "`\(name.text)` is written anew in every round of a loop, and here the loop is over.",
      related: [Related(label: "It is written in the loop", span: writer)],
      hint: "give the loop a name, and read the list of what its last statement writes: `all = for each … { … }`.")
  }
}
