import ZerverCatalog

// Suppression comments, the lock, and what an organisation asks of its flows.

extension Diagnostic {
  private static let suppressionForm = "// route-gen: allow unused-binding because the audit reads it"

  static func unknownSuppression(_ suppression: Suppression) -> Diagnostic {
    if suppression.code.isEmpty {
      return Diagnostic(
        .suppressionCode, at: suppression.span, "comment that allows nothing",
        "This comment speaks to me, and I do not understand it. It names the code of a diagnostic and a reason.",
        hint: "write it like this: `\(suppressionForm)`.")
    }
    let candidates = DiagnosticCode.allCases.filter(\.isGoverned).map { Candidate($0.rawValue) }
    let matches = NearMatches.find(suppression.code, among: candidates)
    let name = NameSyntax(text: suppression.code, span: suppression.codeSpan)
    return Diagnostic(
      .suppressionCode, at: suppression.codeSpan, "comment that allows an unknown code",
      DiagnosticText.withNearNames("I have no diagnostic with the code `\(suppression.code)`.", matches),
      hint: "the code stands in brackets at the end of a diagnostic's first line.", fix: DiagnosticText.fix(name, matches))
  }

  static func suppressionWithoutReason(_ suppression: Suppression) -> Diagnostic {
    Diagnostic(
      .suppressionReason, at: suppression.span, "comment that allows something without a reason",
      """
      This comment allows `\(suppression.code)`, and it does not say why. Whoever meets it next year has to decide whether \
      the reason still holds, so I count it only with one.
      """,
      hint: "add `because` and the reason: `\(suppressionForm)`.")
  }

  static func refusedSuppression(_ suppression: Suppression, _ code: DiagnosticCode) -> Diagnostic {
    Diagnostic(
      .suppressionRefused, at: suppression.codeSpan, "error that cannot be allowed",
      """
      `\(code.rawValue)` is a mistake that would make the generated code wrong, so no comment can allow it. Comments allow \
      warnings, what the organisation asks for, and breaking changes.
      """,
      hint: "mend what the error is about, and remove the comment. `route-gen explain \(code.rawValue)` says more.")
  }

  static func unusedSuppression(_ suppression: Suppression, _ code: DiagnosticCode) -> Diagnostic {
    Diagnostic(
      .suppressionUnused, at: suppression.span, "comment that allows what is not there",
      "I find no `\(code.rawValue)` at line \(suppression.line), which this comment speaks of.",
      hint: "remove the comment, or move it to the line above what it allows.",
      fix: Fix(title: "remove the comment", span: suppression.span, replacement: ""))
  }
}

extension Diagnostic {
  static func lockConflict(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .lockSyntax, at: span, "merge conflict in the lock",
      "This is the mark of a merge conflict. Two branches have changed the catalog in the same place.",
      hint: """
        resolve the .flow files first. In this file keep the lines of both sides, remove the marks, and run `route-gen accept`, \
        which writes it anew.
        """)
  }

  static func lockFormat(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .lockSyntax, at: span, "lock of another format",
      "I read locks whose first line is `lock \(CatalogLock.formatNumber)`, and this one says something else.",
      hint: "a newer `route-gen` has written it: use that version, or run `route-gen accept` to write it anew.")
  }

  static func lockBlock(_ span: SourceSpan, word: String) -> Diagnostic {
    let kinds = CatalogLock.Kind.allCases.map { Candidate($0.rawValue) }
    return Diagnostic(
      .lockSyntax, at: span, "block of an unknown kind",
      DiagnosticText.withNearNames(
        "A block of the lock begins with the kind of thing that it tells about, and `\(word)` is none that I know.",
        NearMatches.find(word, among: kinds)),
      hint: "`route-gen accept` writes the file anew from the .flow files.")
  }

  static func lockFact(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .lockSyntax, at: span, "line outside of a block",
      "This line is indented and belongs to a block, such as `flow v1/show-cart`, and I see none above it.",
      hint: "`route-gen accept` writes the file anew from the .flow files.")
  }

  static func lockContradiction(_ span: SourceSpan, key: String, first: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .lockSyntax, at: span, "two values of one fact",
      "The lock says two things about `\(key)`, most likely because two branches were merged that have both changed it. I go by this one.",
      related: first.map { [Related(label: "The other value is here", span: $0)] } ?? [],
      hint: "keep the line that the .flow files agree with, or run `route-gen accept` again."
    ).with(severity: .warning)
  }

  static func driftChanged(
    _ key: CatalogLock.Key, at span: SourceSpan, _ facts: [(accepted: String?, now: String?)]
  ) -> Diagnostic {
    var rows: [String] = []
    for fact in facts.prefix(6) {
      if let accepted = fact.accepted { rows.append("    - \(accepted)") }
      if let now = fact.now { rows.append("    + \(now)") }
    }
    if facts.count > 6 { rows.append("    and \(facts.count - 6) more") }
    return Diagnostic(
      .lockDrift, at: span, "catalog has drifted from its lock",
      "`\(key.text)` promises something else than what was accepted last:\n\n\(rows.joined(separator: "\n"))",
      hint: acceptHint)
  }

  static func driftAdded(_ key: CatalogLock.Key, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .lockDrift, at: span, "catalog has drifted from its lock",
      "`\(key.text)` is new: `catalog.lock` does not know it yet, so nothing keeps its promises.", hint: acceptHint)
  }

  static func driftRemoved(_ key: CatalogLock.Key, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .lockDrift, at: span, "catalog has drifted from its lock",
      "`\(key.text)` was accepted once, and no flow has it any more.", hint: acceptHint)
  }

  private static let acceptHint = """
    `route-gen check` says whether this breaks callers, and `swift package route-gen accept` writes the lock anew.
    """
}

extension Diagnostic {
  static func slugPattern(_ flow: ResolvedFlow, _ rule: GovernanceSettings.SlugRule) -> Diagnostic {
    Diagnostic(
      .slugPattern, at: flow.span, "slug of another form",
      """
      `\(flow.entry.slug)` does not match the pattern that this organisation asks of its slugs:

          \(rule.pattern.text)

      \(rule.reason)
      """,
      hint: "choose a slug that matches, or change `organisation.slugs` in `route-gen.yaml`.")
  }

  static func longSlug(_ flow: ResolvedFlow, most: Int) -> Diagnostic {
    Diagnostic(
      .slugLength, at: flow.span, "long slug",
      "`\(flow.entry.slug)` has \(flow.entry.slug.text.utf8.count) characters, and slugs of this catalog have at most \(most).",
      hint: "find shorter words, or change `numbers.slug-length-max` in `route-gen.yaml`.")
  }

  static func foreignOwner(_ flow: ResolvedFlow, owners: Set<String>) -> Diagnostic {
    let owner = flow.entry.owner
    let matches = NearMatches.find(owner, among: owners.sorted().map { Candidate($0) })
    return Diagnostic(
      .foreignOwner, at: FlowPropertyLocator.place(of: "owner", CatalogLock.Key(.flow), in: flow.span), "unknown owner",
      DiagnosticText.withNearNames("`\(owner)` is not one of the owners that `route-gen.yaml` lists.", matches),
      hint: "the owners are \(DiagnosticText.words(owners.sorted())). A new team is added to `organisation.owners`.")
  }

  static func missingAttribute(_ flow: ResolvedFlow, _ attribute: GovernanceSettings.Attribute) -> Diagnostic {
    let example =
      switch attribute {
      case .summary: "a documentation comment above the flow: `/// Shows a cart.`"
      case .tags: "a line such as `tags orders, public`"
      case .deadline: "a line such as `deadline 2s`, or a profile that has one"
      case .example: "an `example` block"
      case .guide: "a line such as `guide \"https://example.com/moving-to-v2\"`"
      case .successor: "a line such as `successor v2/\(flow.entry.slug)`"
      case .sunset: "a line such as `sunset 2027-04-01`"
      }
    let whom =
      switch attribute {
      case .guide, .successor, .sunset: "of every deprecated flow"
      case .summary, .tags, .deadline, .example: "of every flow"
      }
    return Diagnostic(
      .missingAttribute, at: flow.span, "flow without \(attribute.rawValue)",
      "`route-gen.yaml` asks for `\(attribute.rawValue)` \(whom), and `\(flow.entry.reference)` has none.",
      hint: "add \(example).")
  }
}
