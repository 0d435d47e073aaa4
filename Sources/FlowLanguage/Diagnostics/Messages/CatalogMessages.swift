import ZerverCatalog

// Slugs, versions, aliases and the end of a flow's life.

extension Diagnostic {
  static func severalFlows(_ name: NameSyntax, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .severalFlows, at: name.span, "second flow in one file",
      "A file holds one flow, so that it can be found by its name, and this file holds another one above.",
      related: [Related(label: "The first flow is here", span: first)],
      hint: "move this flow to `\(name.text).flow` in the same folder.")
  }

  static func versionFolder(_ name: NameSyntax, folder: String?) -> Diagnostic {
    let seen = folder.map { "The nearest folder is `\($0)`." } ?? "The file stands in no folder."
    return Diagnostic(
      .versionFolder, at: name.span, "flow outside of a version",
      "The version of a flow is the folder that its file stands in, such as `v1`, and I see no such folder. \(seen)",
      hint: """
        move the file to `v1/\(name.text).flow`. A version is `v` and a number from 1 to \(FlowVersion.numberMax) without \
        leading zeros.
        """)
  }

  static func fileName(_ name: NameSyntax, file: String) -> Diagnostic {
    Diagnostic(
      .fileName, at: name.span, "file with another name than its flow",
      "The file is called `\(file)` and the flow in it `\(name.text)`. They have the same name, so that a slug leads to its file.",
      hint: "rename the file to `\(name.text).flow`, or the flow to the name of the file.")
  }

  static func slugShape(_ name: NameSyntax, _ violation: Slug.Violation) -> Diagnostic {
    let better = NameStyle.kebab.converted(name.text).flatMap { Slug.violation(of: $0) == nil ? $0 : nil }
    let reason: String
    switch violation {
    case .tooLong(let length): reason = "This one has \(length)."
    case .oneWord: reason = "One word names a thing, and a slug says what is done with it."
    case .forbiddenCharacter(let scalar, _): reason = "`\(scalar)` is something else."
    case .empty, .startsWithDigit, .emptyWord: reason = "This one does not."
    }
    return Diagnostic(
      .slugShape, at: name.span, "not a slug", "`\(name.text)` is not a slug. A slug \(violation.rule). \(reason)",
      hint: better.map { "`\($0)` is one." } ?? "for example `checkout-cart`, `search-products` or `order-status`.",
      fix: better.map { Fix(title: "write `\($0)`", span: name.span, replacement: $0) })
  }

  static func duplicateFlow(_ name: NameSyntax, version: FlowVersion, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .duplicateFlow, at: name.span, "second flow of one slug and version",
      "There is a flow `\(version)/\(name.text)` already. One path has one meaning, whatever the method.",
      related: [Related(label: "The other flow is here", span: first)],
      hint: "give one of them another slug, or another version.")
  }

  static func aliasCollision(
    _ alias: NameSyntax, version: FlowVersion, with what: String, first: SourceSpan
  ) -> Diagnostic {
    Diagnostic(
      .aliasCollision, at: alias.span, "alias that is taken",
      "In \(version), `\(alias.text)` is \(what) already, so I cannot tell where a request should go.",
      related: [Related(label: "It is taken here", span: first)], hint: "choose another alias, or remove this one.")
  }

  static func deprecationDate(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .deprecationDate, at: name.span, "no such day", "I cannot find the day `\(name.text)` in the calendar.",
      hint: "a date is written with year, month and day and all their digits: `2026-10-01`. The years begin with 1970.")
  }

  static func withoutDeprecated(_ word: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .deprecationDate, at: span, "`\(word)` without `deprecated`",
      "This flow says `\(word)`, and I see no line that says from which day on it is deprecated.",
      hint: "add `deprecated` and a date, for example `deprecated 2026-10-01`.")
  }

  static func sunsetBeforeDeprecation(_ sunset: NameSyntax, deprecated: NameSyntax) -> Diagnostic {
    Diagnostic(
      .sunsetBeforeDeprecation, at: sunset.span, "sunset before deprecation",
      "The flow would end on \(sunset.text), before it is deprecated on \(deprecated.text), and its callers would never be warned.",
      related: [Related(label: "It is deprecated here", span: deprecated.span)],
      hint: "the sunset is the same day or a later one. Callers are glad of half a year.")
  }

  static func pastSunset(_ span: SourceSpan, sunset: CalendarDate, today: CalendarDate, isGone: Bool) -> Diagnostic {
    Diagnostic(
      .pastSunset, at: span, "sunset has passed",
      "This flow was to end on \(sunset), and today is \(today).",
      hint: isGone
        ? "its callers get 410. A `tombstone` line says the same in place of the file, and keeps the slug."
        : "remove the flow, or move its sunset if callers still need it.")
  }

  static func unknownSuccessor(_ span: SourceSpan, text: String, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownSuccessor, at: span, "unknown successor",
      DiagnosticText.withNearNames("I cannot find a flow `\(text)` in this catalog.", matches),
      hint: "a successor is a flow of the same catalog, not an alias, for example `successor v2/checkout-cart`.",
      fix: matches.count == 1 ? Fix(title: "write `\(matches[0].name)`", span: span, replacement: matches[0].name) : nil)
  }

  static func ownSuccessor(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unknownSuccessor, at: span, "flow that follows itself",
      "The successor is where callers should go instead, and this is the flow itself.",
      hint: "name another flow, or leave the line out.")
  }

  static func guideLink(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .guideLink, at: span, "not a link",
      """
      The guide becomes a link in a header of every response, and I cannot use this text as one. A link begins with \
      `https://` or `http://` and has only visible ASCII, without `<`, `>`, `"` and `\\`.
      """,
      hint: "for example `guide \"https://example.com/checkout-v2\"`.")
  }
}
