// Inputs, outputs and error mappings of a flow.

extension Diagnostic {
  static func bodyOfGet(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .inputSource, at: span, "body of a GET",
      "A body has no meaning in a `GET` request (RFC 9110 §9.3.1); caches and proxies may drop it.",
      hint: "read the input `from query`, or use the method `POST`.")
  }

  static func sourceOfStream(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .inputSource, at: span, "source of a stream", "An input in parts is the body of the request, line by line: there is nothing to choose.",
      hint: "remove `from` and the word behind it.")
  }

  static func streamWithoutBody(_ span: SourceSpan, method: NameSyntax) -> Diagnostic {
    Diagnostic(
      .inputSource, at: span, "stream in a method without a body",
      "An input in parts is read from the body, and a `\(method.text)` request has none (RFC 9110 §9.3).",
      related: [Related(label: "The method is chosen here", span: method.span)], hint: "use the method `POST`, `PUT` or `PATCH`.")
  }

  static func inputType(_ span: SourceSpan, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .inputType, at: span, "input that is no record",
      "The input of a flow is a record, which names what a client sends, and `\(type.text)` is none.",
      hint: "a record with one field can still grow: `record SearchRequest { ids: [string] }`.")
  }

  static func queryNotFlat(_ span: SourceSpan, record: CheckedRecord, field: CheckedField) -> Diagnostic {
    Diagnostic(
      .queryNotFlat, at: span, "query input that is not flat",
      """
      A query is a list of names and texts, so I can read `string`, `int`, `float`, `bool` and enums from it, and \
      `\(field.syntax.name.text)` of `\(record.name.text)` is a `\(field.type?.text ?? "")`.
      """,
      related: [Related(label: "The field is declared here", span: field.syntax.name.span)],
      hint: "make the record flat, or read it `from body` with a method that has one.")
  }

  static func outputType(
    _ use: SourceSpan, step: CheckedStep, output: OutputSyntax, expected: ResolvedType?
  ) -> Diagnostic {
    let wanted = expected.map { DiagnosticText.one($0) } ?? "nothing"
    let found = step.output.map { DiagnosticText.one($0) } ?? "nothing"
    return Diagnostic(
      .outputType, at: use, "output of another type",
      "The flow answers with \(wanted), and the step that ends it returns \(found).",
      related: [
        Related(label: "The flow's output is declared here", span: output.span),
        Related(label: "The step is declared here", span: step.syntax.name.span),
      ],
      hint: "end the plan with another step, or change the `output` line.")
  }

  static func optionalElement(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .optionalPosition, at: span, "optional element of a stream",
      "An element that is not there is simply not sent, so no element of a stream can be missing.",
      hint: "remove the `?`.")
  }

  static func streamStep(_ use: NameSyntax, step: CheckedStep, isDone: Bool) -> Diagnostic {
    Diagnostic(
      .streamStep, at: use.span, "stream where a whole value is needed",
      isDone
        ? "Step `\(use.text)` gives its output in parts, and this flow answers with one whole value."
        : "Step `\(use.text)` gives its output in parts, which go to the client one after the other: there is no whole value that the plan could keep.",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)],
      hint: isDone
        ? "declare the flow's `output stream`, or end the plan with a step that returns the list."
        : "end a flow with `output stream` by it, `done \(use.text)(…)`, or use a step that returns the list.")
  }

  static func outputStatusRange(_ status: Spanned<Int>) -> Diagnostic {
    Diagnostic(
      .statusRange, at: status.span, "status out of range",
      "\(status.value) is no status of success. The output of a flow has one from 200 to 299.",
      hint: "200 is the default, and 201 says that something was created. Errors have their own lines: `on cart-not-found -> 404`.")
  }

  static func statusWithoutBody(_ status: Spanned<Int>) -> Diagnostic {
    Diagnostic(
      .statusRange, at: status.span, "status that has no body",
      "A response with status \(status.value) has no body (RFC 9110 §15.3.5, §15.3.6), and this flow has an output to send.",
      hint: "write `output none`, or choose another status.")
  }

  static func statusOfNone(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .statusRange, at: span, "status of no output", "`output none` always answers 204, which says that there is no body.",
      hint: "remove the status.")
  }

  static func statusOfFile(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .statusRange, at: span, "status of a file",
      "A file is answered with 200, and with 206, 304 or 416 where the request asks for a part of it or has it already.",
      hint: "remove the status.")
  }

  static func fileMethod(_ method: NameSyntax, output: SourceSpan) -> Diagnostic {
    Diagnostic(
      .fileMethod, at: method.span, "`output file` of a flow that is called by \(method.text)",
      """
      A file is sent with validators and in ranges, so that clients can keep it and go on where they stopped. Both mean \
      something in answers to GET and HEAD only (RFC 9110 §14.2).
      """,
      related: [.init(label: "The output is declared here", span: output)],
      hint: "give the file by a flow of its own with `method GET`, and answer here with what its input needs.")
  }

  static func errorStatusRange(_ status: Spanned<Int>) -> Diagnostic {
    Diagnostic(
      .statusRange, at: status.span, "status out of range",
      "\(status.value) is no status of an error. An error is answered with one from 400 to 599.",
      hint: "for example 404 for what is not there, 409 for a conflict, 422 for input that makes no sense.")
  }

  static func unmappedError(_ error: NameSyntax, use: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unmappedError, at: use.span, "error without a status",
      "Step `\(use.text)` may fail with `\(error.text)`, and this flow does not say with which status it answers then.",
      related: [Related(label: "The step says so here", span: error.span)],
      hint: "add a line to the flow, for example `on \(error.text) -> \(suggestedStatus(error.text))`.")
  }

  private static func suggestedStatus(_ name: String) -> Int {
    if name.hasSuffix("not-found") { return 404 }
    if name.hasSuffix("declined") { return 402 }
    if name.hasSuffix("forbidden") || name.hasSuffix("denied") { return 403 }
    return 409
  }

  static func needlessErrorMapping(_ name: NameSyntax, failing: [String]) -> Diagnostic {
    let known = failing.isEmpty ? "None of them fails." : "They fail with \(DiagnosticText.words(failing))."
    return Diagnostic(
      .needlessErrorMapping, at: name.span, "error that never happens",
      "No step of this flow fails with `\(name.text)`. \(failing.count > 8 ? "" : known)",
      hint: "remove the line, or add `\(name.text)` to the `fails` of the step that it belongs to.")
  }
}
