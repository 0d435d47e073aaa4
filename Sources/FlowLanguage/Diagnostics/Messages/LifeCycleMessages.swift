import ZerverCatalog

// The status of a flow, its end, and the names that stay taken behind it.

extension Diagnostic {
  static func statusWithoutDate(_ status: NameSyntax) -> Diagnostic {
    Diagnostic(
      .statusDate, at: status.span, "`\(status.text)` without a date",
      "Callers are told since when a flow is deprecated (RFC 9745), and I see no line that says it.",
      hint: "add `deprecated` and a date, for example `deprecated 2026-10-01`.")
  }

  static func stableAndDeprecated(_ status: NameSyntax, deprecated: NameSyntax) -> Diagnostic {
    Diagnostic(
      .statusDate, at: status.span, "stable and deprecated",
      "`status stable` promises that the flow stays, and its `deprecated` line that it goes.",
      related: [Related(label: "It is deprecated here", span: deprecated.span)],
      hint: "remove the status: the dates say the rest. A date that lies in the future is an announcement.")
  }

  static func sunsetThen(_ status: Spanned<Int>) -> Diagnostic {
    Diagnostic(
      .sunsetThen, at: status.span, "another status than 410 after the sunset",
      "`then` says what is answered in place of a flow that has ended. I know one answer that means it: 410 Gone.",
      hint: "write `then 410`, or leave `then` out to go on answering.",
      fix: Fix(title: "write `410`", span: status.span, replacement: "410"))
  }

  static func shortSunset(_ sunset: NameSyntax, days: Int, graceDays: Int) -> Diagnostic {
    Diagnostic(
      .shortSunset, at: sunset.span, "sunset soon after the deprecation",
      """
      Callers have \(DiagnosticText.count(days, "day")) between the deprecation and the end of this flow, and the rule here \
      is \(graceDays). Many of them release less often than that.
      """,
      hint: "move the sunset, or deprecate earlier.")
  }

  static func deprecatedSuccessor(_ span: SourceSpan, text: String, end: SourceSpan) -> Diagnostic {
    Diagnostic(
      .deprecatedSuccessor, at: span, "successor that ends, too",
      "I would send callers to `\(text)`, which is deprecated itself: they would have to move twice.",
      related: [Related(label: "Its end is announced here", span: end)],
      hint: "name the flow that stays.")
  }

  static func tombstoneReference(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .slugShape, at: name.span, "not a version and a slug",
      "`\(name.text)` names no flow: a flow has a version from `v1` to `v\(FlowVersion.numberMax)` and a slug of two or more words.",
      hint: "for example `tombstone v1/pay-cart \"why it is gone\"`.")
  }

  static func reservedSlug(_ name: NameSyntax, reservation: ReservationSyntax) -> Diagnostic {
    Diagnostic(
      .reservedSlug, at: name.span, "reserved slug",
      "`\(name.text)` is kept free in every version. The reason is: \(reservation.reason.value)",
      related: [Related(label: "It is reserved here", span: reservation.slug.span)],
      hint: "choose another slug, or remove the reservation with those who made it.")
  }

  static func tombstonedPath(_ name: NameSyntax, version: FlowVersion, tombstone: SourceSpan) -> Diagnostic {
    Diagnostic(
      .tombstonedSlug, at: name.span, "slug of a flow that is gone",
      """
      `\(version)/\(name.text)` was a flow once, and its old callers get 410. With another meaning under the same path, they \
      would get answers that they take for the old ones.
      """,
      related: [Related(label: "The tombstone stands here", span: tombstone)],
      hint: "choose another slug, or use this one in a new version.")
  }

  static func tombstonedAlias(_ alias: NameSyntax, flow: String, tombstone: TombstoneSyntax) -> Diagnostic {
    let target = tombstone.successor.map { "to `\($0.text)`" } ?? "nowhere"
    return Diagnostic(
      .tombstonedSlug, at: alias.span, "old name with another meaning",
      """
      `\(alias.text)` was a flow once. Its tombstone sends callers \(target), and this alias would send those of another \
      version to `\(flow)`.
      """,
      related: [Related(label: "The tombstone stands here", span: tombstone.reference.span)],
      hint: "choose another alias, or make `\(flow)` the successor of the tombstone.")
  }
}

extension Diagnostic {
  static func slugQuality(_ name: NameSyntax, _ finding: SlugQuality.Finding) -> Diagnostic {
    switch finding {
    case .long(let count):
      Diagnostic(
        .slugQuality, at: name.span, "long slug",
        "This slug has \(count) characters. Tables, logs and dashboards cut names that are longer than \(SlugQuality.lengthMax).",
        hint: "say what is done and to what; the rest belongs into the documentation.")
    case .version(let word):
      Diagnostic(
        .slugQuality, at: name.span, "version in a slug",
        "The folder gives a flow its version, so `\(word)` would stand in its path twice.",
        hint: "leave `\(word)` out, and put a new version of the flow into the folder of that version.")
    case .tenant:
      Diagnostic(
        .slugQuality, at: name.span, "tenant in a slug",
        "Which tenant a request belongs to is known from its caller, not from the name of the flow.",
        hint: "leave the word out, and write `tenant required` in the flow.")
    case .transport(let word):
      Diagnostic(
        .slugQuality, at: name.span, "slug that says how it is called",
        "Every flow is called over HTTP, so `\(word)` tells a reader nothing about this one.",
        hint: "leave `\(word)` out.")
    case .verbLast(let verb, let better):
      Diagnostic(
        .slugQuality, at: name.span, "slug that does not begin with its verb",
        "A slug says what is done and then to what, and I read `\(verb)` as what is done here.",
        hint: "`\(better)` reads like the names of other flows. Callers of the old name keep it with an alias.")
    }
  }
}
