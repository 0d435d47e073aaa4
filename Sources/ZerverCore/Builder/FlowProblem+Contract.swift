import ZerverCatalog

// Messages about what a flow promises.

extension FlowProblem {
  static func slugShape(_ text: String, _ violation: Slug.Violation, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "slug-shape", at: place, "not a slug", "`\(text)` is not a slug. A slug \(violation.rule).",
      hint: "for example `checkout-cart`, `search-products` or `order-status`.")
  }

  static func missingOwner(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "missing-property", at: place, "flow without an owner", "Every flow names the team that answers for it.",
      hint: "for example `owner: \"payments\"`.")
  }

  static func outputStatus(_ status: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "status-range", at: place, "status that is no success",
      "The output of a flow is what it answers when all went well, so its status lies between 200 and 299. This is \(status).",
      hint: "an error gets its status from `.on(.cartNotFound, 404)`.")
  }

  static func statusWithoutBody(_ status: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "status-range", at: place, "status without a body", "An answer of status \(status) has no body (RFC 9110 §15.3.5).",
      hint: "use another status, or let the last step have the output `NoOutput`.")
  }

  static func errorStatus(_ status: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "status-range", at: place, "status that is no error",
      "An error is answered with a status between 400 and 599. This is \(status).", hint: "for example 404 or 409.")
  }

  static func unmappedError(_ code: String, step: String, at place: FlowPlace, flow: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unmapped-error", at: place, "error without a status",
      "Step `\(step)` may fail with `\(code)`, and this flow does not say with which status it answers then.",
      related: [Related("The flow is here", flow)],
      hint: "add it to the flow: `.on(\"\(code)\", 409)` in Swift, `on \(code) -> 409` in a `.flow` file.")
  }

  static func needlessMapping(_ code: String, failing: [String], at place: FlowPlace) -> FlowProblem {
    let known = failing.isEmpty ? "None of them fails." : "They fail with \(failing.map { "`\($0)`" }.joined(separator: ", "))."
    return FlowProblem(
      "needless-error-mapping", at: place, "error that never happens",
      "No step of this flow fails with `\(code)`. \(known)", hint: "remove the line, or add the error to the step that it belongs to.")
  }

  static func duplicateMapping(_ code: String, at place: FlowPlace, first: FlowPlace) -> FlowProblem {
    FlowProblem(
      "duplicate-member", at: place, "error that has a status already", "The flow gives `\(code)` two statuses.",
      related: [Related("The first one is here", first)], hint: "remove one of them.")
  }

  static func idempotencyOfSafeMethod(_ method: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "idempotency-use", at: place, "idempotency of a flow that is called by `\(method)`",
      "A `\(method)` only asks, so clients may repeat it as they like, without a key. There is no answer to keep.",
      hint: "remove the line. If the flow changes something, it is called by `.post`.")
  }

  static func preconditionOfSafeMethod(_ method: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "precondition-use", at: place, "`precondition` of a flow that is called by `\(method)`",
      "The server compares the answer to a `\(method)` with the conditions of its request by itself, when the answer has an `ETag` or a `Last-Modified`.",
      hint: "remove it. If the flow changes something, it is called by `.post`, `.put`, `.patch` or `.delete`.")
  }

  static func fileMethod(_ method: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "file-method", at: place, "`output: .file` of a flow that is called by `\(method)`",
      """
      A file is sent with validators and in ranges, so that clients can keep it and go on where they stopped. Both mean \
      something in answers to GET and HEAD only (RFC 9110 §14.2).
      """,
      hint: "give the file by a flow of its own that is called by `.get`, and answer here with what its input needs.")
  }

  static func idempotencyOfStream(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "idempotency-use", at: place, "idempotency of a flow that answers with a stream",
      "An answer is kept as a whole before it is sent, and a stream is sent before it is whole.",
      hint: "answer with a list or with a page of it, or remove `idempotency`.")
  }

  static func idempotencyOfInputStream(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "idempotency-use", at: place, "idempotency of a flow that reads a stream",
      "A repetition is told from another request by its body, and a body that comes in parts is nowhere as a whole.",
      hint: "let the step write so that a second run changes nothing, and remove `.idempotency`.")
  }

  static func streamWithoutBody(_ method: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "input-source", at: place, "stream in a method without a body",
      "An input in parts is read from the body, and a `\(method)` request has none (RFC 9110 §9.3).",
      hint: "use the method `.post`, `.put` or `.patch`.")
  }

  static func idempotencyTTL(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "malformed-number", at: place, "duration out of range",
      "An answer is kept for at least one second and for at most 31 days.", hint: "for example `ttl: .seconds(24 * 3600)`.")
  }

  static func wordShape(_ text: String, of what: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "name-style", at: place, "\(what) that is no word", "I cannot take `\(text)` as \(what == "owner" ? "an" : "a") \(what).",
      hint: "it is written in lower case with digits and `-`, for example `payments` or `web-shop`.")
  }

  static func deadlineRange(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "malformed-number", at: place, "duration out of range", "A deadline is at least a millisecond and at most a day.",
      hint: "for example `.deadline(.milliseconds(800))`.")
  }

  static func noSuchDay(_ text: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "deprecation-date", at: place, "no such day", "I cannot find the day `\(text)` in the calendar.",
      hint: "a date is written with year, month and day and all their digits: `2026-10-01`. The years begin with 1970.")
  }

  static func deprecation(_ violation: Deprecation.Violation, _ end: FlowContract.EndOfLife) -> FlowProblem {
    switch violation {
    case .sunsetBeforeDeprecation:
      FlowProblem(
        "sunset-before-deprecation", at: end.place, "sunset before the deprecation",
        "The flow is deprecated from \(end.deprecated) on, and its sunset is on \(end.sunset ?? ""), before that.",
        hint: "callers need time between the two: move the sunset behind the deprecation.")
    case .guideIsNoLink:
      FlowProblem(
        "guide-link", at: end.place, "guide that is no link",
        "The guide goes into a `Link` header, so it is an absolute link. This is `\(end.guide ?? "")`.",
        hint: "for example `https://example.com/checkout-v2`.")
    }
  }

  static func successorShape(_ text: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unknown-successor", at: place, "not the name of a flow", "A flow is named by its version and its slug, and this is `\(text)`.",
      hint: "for example `successor: \"v2/checkout-cart\"`.")
  }

  static func ownSuccessor(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unknown-successor", at: place, "flow that succeeds itself", "The flow names itself as its successor.",
      hint: "name the flow that callers should move to, or leave the successor out.")
  }

  static func unknownSuccessor(_ reference: FlowReference, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unknown-successor", at: place, "no such flow", "None of the catalogs that I was given has a flow `\(reference)`.",
      hint: "check its version and its slug, and that its catalog is served as well.")
  }

  static func deprecatedSuccessor(_ reference: FlowReference, at place: FlowPlace, end: FlowPlace?) -> FlowProblem {
    FlowProblem(
      "deprecated-successor", at: place, "successor that ends, too",
      "I would send callers to `\(reference)`, which is deprecated itself: they would have to move twice.",
      related: end.map { [Related("Its end is announced here", $0)] } ?? [], hint: "name the flow that stays.")
  }

  static func retiredWithoutDate(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "status-date", at: place, "`retired` without a date",
      "Callers are told since when a flow is deprecated (RFC 9745), and nothing here says it.",
      hint: "add the day, for example `.deprecated(\"2026-10-01\")`.")
  }

  // MARK: Names that stay taken

  static func tombstoneReference(_ text: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "slug-shape", at: place, "not a version and a slug",
      "`\(text)` names no flow: a flow has a version from `v1` to `v\(FlowVersion.numberMax)` and a slug of two or more words.",
      hint: "for example `FlowTombstone(\"v1/pay-cart\", because: \"Carts are orders now.\")`.")
  }

  /// - Parameter first: `nil` for one in a `.flow` file.
  static func repeatedRetirement(_ kind: String, of name: String, at place: FlowPlace, first: FlowPlace?) -> FlowProblem {
    FlowProblem(
      "duplicate-declaration", at: place, "second \(kind) of one name", "There is a \(kind) for `\(name)` already.",
      related: first.map { [Related("The first one is here", $0)] } ?? [], hint: "remove one of them.")
  }

  static func tombstonedAlias(_ alias: Slug, of flow: FlowReference, _ tombstone: Tombstone, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "tombstoned-slug", at: place, "old name with another meaning",
      "`\(alias)` was a flow once. Its tombstone sends callers \(tombstone.successor.map { "to `\($0)`" } ?? "nowhere"), and this alias "
        + "would send those of another version to `\(flow.slug)`.",
      hint: "choose another alias, or make `\(flow)` the successor of the tombstone.")
  }

  // MARK: Paths and headers

  static func bindPath(_ path: String, _ violation: RouteBinding.Violation, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-path", at: place, "path that I cannot bind",
      "`\(path)` cannot be a path of this flow. \(violation.reason(in: path))", hint: "for example `.bind(.get, \"/orders/{order-id}\")`.")
  }

  static func bindMethod(_ method: FlowMethod, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-method", at: place, "`\(method.rawValue)` for a flow that reads a body",
      "A body has no meaning in a `\(method.rawValue)` request (RFC 9110 §9.3.1), and this flow reads its input from the body.",
      hint: "bind another method, or read the input with `input: .query()`.")
  }

  static func bindWithoutInput(_ field: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-field", at: place, "field in a path without an input",
      "What a client writes in place of `{\(field)}` becomes a field of the flow's input, and this flow has none.",
      hint: "give the flow an input with the field `\(field)`, or write the path without it.")
  }

  static func bindOfStream(_ field: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-field", at: place, "field in a path of a flow that reads a stream",
      "What a client writes in place of `{\(field)}` becomes a field of the flow's input, and this input is many elements.",
      hint: "write the path without it, and give each element the field.")
  }

  static func bindUnknownField(_ field: String, input: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-field", at: place, "unknown field in a path", "`\(input)`, the input of this flow, has no field `\(field)`.",
      hint: "each `{field}` of a path fills the field that has this name in JSON or in the query: `order-id`, not `orderId`.")
  }

  static func bindOptionalField(_ field: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-field", at: place, "field in a path that may be missing",
      "A path always has all its parts, so `\(field)` is never missing there, and its type says that it may be.",
      hint: "make the field required, or leave it to the body.")
  }

  static func bindFieldType(_ field: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "bind-field", at: place, "field in a path that is no single value",
      "A part of a path is one text, and `\(field)` takes neither a string nor a number nor a boolean.",
      hint: "leave it to the body.")
  }

  static func headerName(_ name: String, isOwned: Bool, at place: FlowPlace) -> FlowProblem {
    isOwned
      ? FlowProblem(
        "header-name", at: place, "header that the framework writes",
        "The framework writes `\(name)` itself, and a second one could contradict it.",
        hint: "remove the line. What such headers say is written from `.deprecated` and the output of a flow.")
      : FlowProblem(
        "header-name", at: place, "name that no header can have",
        "`\(name)` is not the name of a header field (RFC 9110 §5.1).", hint: "for example `Location` or `X-Total-Count`.")
  }

  static func duplicateHeader(_ name: String, at place: FlowPlace, first: FlowPlace) -> FlowProblem {
    FlowProblem(
      "duplicate-member", at: place, "header that is written already", "The flow writes `\(name)` twice.",
      related: [Related("The first one is here", first)], hint: "remove one of them.")
  }

  static func headerText(at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "header-template", at: place, "value that no header can have",
      "The value of a header is visible ASCII and spaces, and at least one character of it.",
      hint: "for example `.header(\"Cache-Control\", \"max-age=60\")`. Values from fields are encoded where they have to be.")
  }

  static func headerField(_ name: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "header-template", at: place, "field of a header without a name",
      "The value of `\(name)` reads a property that is computed. Its name is gone at run time, so the flow's contract could not say what stands there.",
      hint: "read a stored property of the output, for example `.field(\\.orderId)`.")
  }

  /// Two claims of one path, of which the second is a flow's or an alias's.
  static func collision(_ path: String, _ second: Claim, first: Claim) -> FlowProblem {
    let place = second.place ?? first.place ?? FlowPlace(path, 1)
    let related = first.place.map { [Related("It is taken here", $0)] } ?? []
    let sentence = "`\(path)` is \(second.text), and it is \(first.text) already."
    switch (first.kind, second.kind) {
    case (.flow, .flow):
      return FlowProblem(
        "duplicate-flow", at: place, "second flow of one slug and version",
        "\(sentence) One path has one meaning, whatever the method.", related: related,
        hint: "give one of them another slug, or another version.")
    case (.binding, _), (_, .binding):
      return FlowProblem(
        "bind-collision", at: place, "path that is taken", "\(sentence) The names of fields do not tell two paths apart.",
        related: related, hint: "choose another path or another method.")
    case (.gone, _), (_, .gone):
      return FlowProblem(
        "tombstoned-slug", at: place, "slug of a flow that is gone", "\(sentence) Its old callers get 410 there.",
        related: related, hint: "choose another slug, or use this one in a new version.")
    case (.reserved(let reason), _), (_, .reserved(let reason)):
      return FlowProblem(
        "reserved-slug", at: place, "reserved slug", "\(sentence) The reason is: \(reason)", related: related,
        hint: "choose another slug, or remove the reservation with those who made it.")
    case (.flow, .alias), (.alias, .flow), (.alias, .alias):
      return FlowProblem(
        "alias-collision", at: place, "path that is taken", "\(sentence) One path has one meaning, whatever the method.",
        related: related, hint: "choose another alias, or remove this one.")
    }
  }

  /// Who claims a path, for a message.
  struct Claim {
    enum Kind {
      case flow, alias, binding
      /// A tombstone.
      case gone
      case reserved(reason: String)
    }
    let text: String
    let kind: Kind
    /// Where it stands, when that is known here.
    let place: FlowPlace?
  }
}
