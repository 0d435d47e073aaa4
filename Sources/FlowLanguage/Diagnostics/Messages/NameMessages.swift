// Names that mean nothing, too much, or the same.

extension Diagnostic {
  static func reservedName(_ name: NameSyntax, kind: String, why: String) -> Diagnostic {
    Diagnostic(
      .reservedName, at: name.span, "reserved name", "I cannot give this \(kind) the name `\(name.text)`. \(why)",
      hint: "a second word helps: `\(name.text)\(kind == "type" ? "Record" : "-value")`, or one that says more.")
  }

  static func unknownModule(_ name: NameSyntax, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownModule, at: name.span, "unknown module",
      DiagnosticText.withNearNames(
        "I cannot find `.flow` files of a module called `\(name.text)`. Names of this file that I cannot find are not reported.",
        matches),
      hint: """
        `use` names a SwiftPM target that has `.flow` files and that this target depends on. For `route-gen`, \
        `--module \(name.text)=FOLDER` says where it is.
        """,
      fix: DiagnosticText.fix(name, matches))
  }

  static func unknownType(_ name: NameSyntax, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownType, at: name.span, "unknown type",
      DiagnosticText.withNearNames("I cannot find a type called `\(name.text)`.", matches),
      hint: typeHint(name.text), fix: DiagnosticText.fix(name, matches))
  }

  private static func typeHint(_ name: String) -> String {
    switch name.lowercased() {
    case "double", "number", "decimal": "a number with a fraction is a `float`."
    case "integer", "int64", "int32", "long": "a whole number is an `int`, which has 64 bits."
    case "boolean": "`true` and `false` are a `bool`."
    case "date", "time", "timestamp", "uuid", "text": "a `string` carries it, with a `pattern` that says how it looks."
    default:
      """
      the types are `string`, `int`, `float`, `bool`, and what `record`, `newtype`, `enum` and `extern type` lines declare here or in a \
      module that this file names with `use`.
      """
    }
  }

  static func unknownStep(_ name: NameSyntax, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownStep, at: name.span, "unknown step",
      DiagnosticText.withNearNames("I cannot find a step called `\(name.text)`.", matches),
      hint: "a new step needs one `step` line before a plan can use it.", fix: DiagnosticText.fix(name, matches))
  }

  static func unknownError(_ name: NameSyntax, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownError, at: name.span, "unknown error",
      DiagnosticText.withNearNames("I cannot find an error called `\(name.text)`.", matches),
      hint: "a line such as `error \(name.text) { reason: string }` declares one.", fix: DiagnosticText.fix(name, matches))
  }

  static func unknownBinding(_ name: NameSyntax, matches: [Candidate], visible: [String]) -> Diagnostic {
    let known = visible.isEmpty || visible.count > 8 || !matches.isEmpty
      ? "" : " Here are \(DiagnosticText.words(Set(visible).sorted()))."
    return Diagnostic(
      .unknownBinding, at: name.span, "unknown name",
      DiagnosticText.withNearNames("Nothing in this plan writes `\(name.text)`.\(known)", matches),
      hint: "a step writes a name like this: `\(name.text) = some-step(…)`.", fix: DiagnosticText.fix(name, matches))
  }

  static func noInput(_ name: NameSyntax, flow: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unknownBinding, at: name.span, "flow without input",
      "`input` is what a flow reads from its request, and flow `\(flow.text)` declares none.",
      hint: "for example `input CheckoutRequest`, with a record that names the fields.")
  }

  static func noCaller(_ name: NameSyntax, flow: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unknownBinding, at: name.span, "flow that does not ask for its caller",
      "`caller` is who has sent the request, and flow `\(flow.text)` takes requests from anybody without asking.",
      hint: "write `tenant required` or `requires role …` into the flow; with `tenant optional`, `caller` may be missing.")
  }

  static func preconditionOfSafeMethod(_ name: NameSyntax, method: NameSyntax) -> Diagnostic {
    Diagnostic(
      .preconditionUse, at: name.span, "`precondition` of a flow that is called by `\(method.text)`",
      """
      The server compares the answer to a `\(method.text)` with the conditions of its request by itself, when the answer has an \
      `ETag` or a `Last-Modified`.
      """,
      related: [Related(label: "The method is chosen here", span: method.span)],
      hint: "remove it. If the flow changes something, it is called by `POST`, `PUT`, `PATCH` or `DELETE`.")
  }

  static func preconditionInFragment(_ name: NameSyntax, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .preconditionUse, at: name.span, "`precondition` in a fragment",
      "Which requests may come on a condition is said by the plan of their flow, and fragment `\(fragment.text)` is none.",
      hint: "let the fragment take it as a parameter, such as `condition: Precondition`, and pass `precondition` where it is used.")
  }

  static func unknownField(_ name: NameSyntax, of record: CheckedRecord, matches: [Candidate]) -> Diagnostic {
    let names = record.fields.map(\.syntax.name.text)
    let known = names.isEmpty || names.count > 12 ? "" : " Its fields are \(DiagnosticText.words(names))."
    return Diagnostic(
      .unknownField, at: name.span, "unknown field",
      DiagnosticText.withNearNames("Record `\(record.name.text)` has no field called `\(name.text)`.\(matches.isEmpty ? known : "")", matches),
      related: [Related(label: "The record is declared here", span: record.name.span)],
      fix: DiagnosticText.fix(name, matches))
  }

  static func fieldOfScalar(_ name: NameSyntax, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .unknownField, at: name.span, "field of something that is no record",
      "I would read the field `\(name.text)` of \(DiagnosticText.one(type)), and only records have fields that a plan can read.",
      hint: "pass the whole value to a step, and let the step look inside.")
  }

  static func unknownCase(_ name: NameSyntax, of enumeration: CheckedEnum, matches: [Candidate]) -> Diagnostic {
    let names = enumeration.syntax.cases.map(\.text)
    let known = names.count > 12 ? "" : " Its cases are \(DiagnosticText.words(names))."
    return Diagnostic(
      .unknownCase, at: name.span, "unknown case",
      DiagnosticText.withNearNames(
        "Enum `\(enumeration.syntax.name.text)` has no case called `\(name.text)`.\(matches.isEmpty ? known : "")", matches),
      related: [Related(label: "The enum is declared here", span: enumeration.syntax.name.span)],
      fix: DiagnosticText.fix(name, matches))
  }

  static func unknownFragment(_ name: NameSyntax, use: SourceSpan, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownFragment, at: use, "fragment that the flow does not have",
      DiagnosticText.withNearNames(
        "Step `\(use.text)` may choose the fragment `\(name.text)`, and this flow has no fragment of that name.", matches),
      related: [Related(label: "The step says so here", span: name.span)],
      hint: "every flow that uses the step says what the fragment is: `fragment \(name.text) { … }`.")
  }

  static func ambiguousName(_ name: NameSyntax, kind: String, places: [SourceSpan]) -> Diagnostic {
    Diagnostic(
      .ambiguousName, at: name.span, "name with two meanings",
      "More than one of the modules that this file uses declares the \(kind) `\(name.text)`, and I cannot tell which is meant.",
      related: places.prefix(2).enumerated().map { Related(label: $0 == 0 ? "One is declared here" : "Another one here", span: $1) },
      hint: "rename one of them, or move what needs the other one to a file of its own.")
  }

  static func duplicateDeclaration(_ name: NameSyntax, kind: String, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .duplicateDeclaration, at: name.span, "second declaration of `\(name.text)`",
      "This module has the \(kind) `\(name.text)` already, and a name means one thing.",
      related: [Related(label: "The first one is here", span: first)], hint: "rename one of them, or remove it.")
  }

  static func duplicateMember(_ name: NameSyntax, kind: String, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .duplicateMember, at: name.span, "\(kind) named twice",
      "The \(kind) `\(name.text)` stands here a second time.",
      related: [Related(label: "The first time is here", span: first)], hint: "rename or remove one of them.")
  }

  static func secondDefault(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .duplicateMember, at: span, "second default value", "This field has a default value already.",
      hint: "keep the one that is right and remove the other.")
  }

  static func swiftNameClash(_ name: NameSyntax, and first: NameSyntax, swiftName: String) -> Diagnostic {
    Diagnostic(
      .swiftNameClash, at: name.span, "two names that are the same in Swift",
      "In Swift, `\(name.text)` becomes `\(swiftName)`, which is taken by `\(first.text)`.",
      related: [Related(label: "The other name is here", span: first.span)], hint: "rename one of them.")
  }
}
