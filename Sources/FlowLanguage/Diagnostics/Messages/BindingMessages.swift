import ZerverCatalog

// REST paths and response headers of a flow, and declared profiles.

extension Diagnostic {
  static func bindPath(_ path: NameSyntax, _ violation: RouteBinding.Violation) -> Diagnostic {
    Diagnostic(
      .bindPath, at: path.span, "path that I cannot bind", "`\(path.text)` cannot be a path of this flow. \(violation.reason(in: path.text))",
      hint: "for example `bind GET /orders/{order-id}`.")
  }

  static func bindMethod(_ method: NameSyntax) -> Diagnostic {
    Diagnostic(
      .bindMethod, at: method.span, "`\(method.text)` for a flow that reads a body",
      "A body has no meaning in a `\(method.text)` request (RFC 9110 §9.3.1), and this flow reads its input from the body.",
      hint: "bind another method, or read the input `from query`.")
  }

  static func bindWithoutInput(_ span: SourceSpan, field: String) -> Diagnostic {
    Diagnostic(
      .bindField, at: span, "field in a path without an input",
      "What a client writes in place of `{\(field)}` becomes a field of the flow's input, and this flow has none.",
      hint: "add an `input` with the field `\(field)`, or write the path without it.")
  }

  static func bindOfStream(_ span: SourceSpan, field: String) -> Diagnostic {
    Diagnostic(
      .bindField, at: span, "field in a path of a flow that reads a stream",
      "What a client writes in place of `{\(field)}` becomes a field of the flow's input, and this input is many elements.",
      hint: "write the path without it, and give each element the field.")
  }

  static func bindUnknownField(_ name: NameSyntax, record: CheckedRecord, _ matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .bindField, at: name.span, "unknown field in a path",
      DiagnosticText.withNearNames("`\(record.name.text)`, the input of this flow, has no field `\(name.text)`.", matches),
      related: [Related(label: "The record is declared here", span: record.name.span)],
      hint: "each `{field}` of a path fills the field of that name.", fix: DiagnosticText.fix(name, matches))
  }

  static func bindOptionalField(_ span: SourceSpan, field: CheckedField) -> Diagnostic {
    Diagnostic(
      .bindField, at: span, "field in a path that may be missing",
      "A path always has all its parts, so `\(field.syntax.name.text)` is never missing there, and its declaration says that it may be.",
      related: [Related(label: "The field is declared here", span: field.syntax.name.span)],
      hint: "make the field required, or leave it to the query or the body.")
  }

  static func bindFieldType(_ span: SourceSpan, field: CheckedField, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .bindField, at: span, "field in a path that is no single value",
      "A part of a path is one text, and `\(field.syntax.name.text)` is \(DiagnosticText.one(type)).",
      related: [Related(label: "The field is declared here", span: field.syntax.name.span)],
      hint: "a path holds `string`, `int`, `float`, `bool` and enums.")
  }

  static func bindSensitiveField(_ span: SourceSpan, field: CheckedField) -> Diagnostic {
    Diagnostic(
      .bindField, at: span, "sensitive field in a path",
      "Paths stand in the logs of every proxy on the way, and `\(field.syntax.name.text)` is sensitive.",
      related: [Related(label: "The field is declared here", span: field.syntax.name.span)],
      hint: "leave it to the body.")
  }

  static func bindCollision(_ route: BindingSyntax, with flow: String, isOwn: Bool, first: NameSyntax) -> Diagnostic {
    let who = isOwn ? "This flow binds it above already." : "Flow `\(flow)` binds it already."
    return Diagnostic(
      .bindCollision, at: route.path.span, "path that is taken",
      "A request `\(route.method.text) \(route.path.text)` would have two meanings. \(who) The names of fields do not tell two paths apart.",
      related: [Related(label: "It is bound here", span: first.span)],
      hint: "choose another path or another method. A literal part goes before a field: `/orders/open` beside `/orders/{order-id}` is fine.")
  }

  static func idempotencyOfSafeMethod(_ span: SourceSpan, method: NameSyntax) -> Diagnostic {
    Diagnostic(
      .idempotencyUse, at: span, "idempotency of a flow that is called by `\(method.text)`",
      "A `\(method.text)` only asks, so clients may repeat it as they like, without a key. There is no answer to keep.",
      related: [Related(label: "The method is chosen here", span: method.span)],
      hint: "remove the line. If the flow changes something, it is called by `POST`.")
  }

  static func idempotencyOfStream(_ span: SourceSpan, stream: SourceSpan) -> Diagnostic {
    Diagnostic(
      .idempotencyUse, at: span, "idempotency of a flow that answers with a stream",
      "An answer is kept as a whole before it is sent, and a stream is sent before it is whole.",
      related: [Related(label: "The stream is declared here", span: stream)],
      hint: "answer with a list or with a page of it, or remove `idempotency`.")
  }

  static func idempotencyOfInputStream(_ span: SourceSpan, stream: SourceSpan) -> Diagnostic {
    Diagnostic(
      .idempotencyUse, at: span, "idempotency of a flow that reads a stream",
      "A repetition is told from another request by its body, and a body that comes in parts is nowhere as a whole.",
      related: [Related(label: "The stream is declared here", span: stream)],
      hint: "let the step write so that a second run changes nothing, and remove `idempotency`.")
  }

  static func unsafeGet(_ step: OutlineStep, method: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unsafeGet, at: step.place, "`\(method.text)` that may change something",
      """
      Browsers, proxies and crawlers send `\(method.text)` by themselves, and again, because it only asks. Step \
      `\(step.name)` needs \(DiagnosticText.words(step.needs)), and its line does not say that it only reads.
      """,
      related: [Related(label: "The method is chosen here", span: method.span)]
        + [step.declaration].compactMap { $0 }.map { Related(label: "The step is declared here", span: $0) },
      hint: "write `safe` behind the step when it only reads; otherwise use the method `POST`, `PUT`, `PATCH` or `DELETE`.")
  }

  // MARK: Headers

  static func ownedHeader(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .headerName, at: name.span, "header that the framework writes",
      "The framework writes `\(name.text)` itself, and a second one could contradict it.",
      hint: "remove the line. The lines `deprecated`, `sunset` and `output` of a flow write what such headers say.")
  }

  static func headerText(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .headerTemplate, at: span, "value that no header can have",
      "The value of a header is visible ASCII and spaces, and at least one character of it.",
      hint: "for example `header cache-control \"max-age=60\"`. Values from fields are encoded where they have to be.")
  }

  static func headerBraces(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .headerTemplate, at: span, "braces that hold no field",
      "In the value of a header, `{` and `}` stand around a field of the output by its name or path, and this does not read as one.",
      hint: "for example `header location \"/orders/{order-id}\"` or `\"{customer.name}\"`.")
  }

  static func headerWithoutRecord(_ span: SourceSpan, flow: FlowSyntax) -> Diagnostic {
    Diagnostic(
      .headerTemplate, at: span, "field of an output that has none",
      "`\(flow.name.text)` answers with no record whose fields I could read.",
      hint: "write a value without braces, or answer with a record.")
  }

  static func headerUnknownField(
    _ span: SourceSpan, name: String, record: CheckedRecord, _ matches: [Candidate]
  ) -> Diagnostic {
    Diagnostic(
      .headerTemplate, at: span, "unknown field in a header",
      DiagnosticText.withNearNames("`\(record.name.text)` has no field `\(name)`.", matches),
      related: [Related(label: "The record is declared here", span: record.name.span)],
      hint: "each `{field}` of the value is a field of the flow's output.")
  }

  static func headerFieldType(_ span: SourceSpan, path: String, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .headerTemplate, at: span, "field in a header that is no single value",
      "A header is one line of text, and I cannot write `\(path)` as one: I meet \(DiagnosticText.one(type)) on the way.",
      hint: "a header holds `string`, `int`, `float`, `bool` and enums, and fields of records: `{customer.name}`.")
  }

  static func headerSensitiveField(_ span: SourceSpan, field: CheckedField) -> Diagnostic {
    Diagnostic(
      .headerTemplate, at: span, "sensitive field in a header",
      "Headers stand in logs and caches, and `\(field.syntax.name.text)` is sensitive.",
      related: [Related(label: "The field is declared here", span: field.syntax.name.span)], hint: "leave it out.")
  }

  // MARK: Profiles

  static func profileWithoutClass(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .profileParts, at: name.span, "profile without a class",
      "The class says in which queue requests of this profile wait, and I see none.",
      hint: "for example `profile \(name.text) { class batch }`. The classes are `interactive`, `default` and `batch`.")
  }

  static func profileInFlight(_ count: Spanned<Int>) -> Diagnostic {
    Diagnostic(
      .profileParts, at: count.span, "limit out of range",
      "`in-flight` is how many requests of this profile a worker may have at once: from 1 to 1000000.",
      hint: "without the line there is no limit but the server's own.")
  }
}
