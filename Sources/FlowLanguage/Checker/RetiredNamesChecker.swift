import ZerverCatalog

/// Checks `reserved` and `tombstone` lines, and that no flow and no alias takes what they keep.
struct RetiredNamesChecker {
  let checker: Checker
  let lifeCycle: LifeCycleChecker
  private var reporter: Reporter { checker.reporter }
  private let reserved: [String: ReservationSyntax]
  private let tombstones: [String: TombstoneSyntax]

  init(checker: Checker, lifeCycle: LifeCycleChecker) {
    self.checker = checker
    self.lifeCycle = lifeCycle
    let trees = checker.modules.values.flatMap(\.trees)
    reserved = Dictionary(trees.flatMap(\.reservations).map { ($0.slug.text, $0) }, uniquingKeysWith: Self.earlier)
    tombstones = Dictionary(trees.flatMap(\.tombstones).map { ($0.reference.text, $0) }, uniquingKeysWith: Self.earlier)
  }

  /// Modules come in no order, so that the place decides.
  private static func earlier(_ a: ReservationSyntax, _ b: ReservationSyntax) -> ReservationSyntax {
    a.slug.span.precedes(b.slug.span) ? a : b
  }

  private static func earlier(_ a: TombstoneSyntax, _ b: TombstoneSyntax) -> TombstoneSyntax {
    a.reference.span.precedes(b.reference.span) ? a : b
  }

  // MARK: The lines themselves

  func reservations() -> [ResolvedReservation] {
    checker.main.trees.flatMap(\.reservations).compactMap { syntax in
      if let violation = Slug.violation(of: syntax.slug.text) {
        reporter.report(.slugShape(syntax.slug, violation))
        return nil
      }
      if let first = reserved[syntax.slug.text], first.slug != syntax.slug {
        reporter.report(.duplicateDeclaration(syntax.slug, kind: "reserved slug", first: first.slug.span))
      }
      return ResolvedReservation(slug: syntax.slug.text, reason: syntax.reason.value, span: syntax.slug.span)
    }
  }

  func resolvedTombstones() -> [ResolvedTombstone] {
    checker.main.trees.flatMap(\.tombstones).compactMap { syntax in
      let name = NameSyntax(text: syntax.reference.text, span: syntax.reference.span)
      guard let reference = FlowReference(text: name.text) else {
        reporter.report(.tombstoneReference(name))
        return nil
      }
      if let first = tombstones[name.text], first.reference.span != name.span {
        reporter.report(.duplicateDeclaration(name, kind: "tombstone", first: first.reference.span))
      }
      let successor = syntax.successor.flatMap { lifeCycle.successor($0, of: name) }
      return ResolvedTombstone(reference: reference, successor: successor, reason: syntax.reason.value, span: name.span)
    }
  }

  // MARK: Flows and aliases

  func check(_ flow: FlowSyntax, version: FlowVersion) {
    checkReserved(flow.name)
    if let tombstone = tombstones["\(version)/\(flow.name.text)"] {
      reporter.report(.tombstonedPath(flow.name, version: version, tombstone: tombstone.reference.span))
    }
    for alias in flow.aliases { check(alias.slug, of: flow, version) }
  }

  private func check(_ alias: NameSyntax, of flow: FlowSyntax, _ version: FlowVersion) {
    checkReserved(alias)
    if let tombstone = tombstones["\(version)/\(alias.text)"] {
      return reporter.report(.tombstonedPath(alias, version: version, tombstone: tombstone.reference.span))
    }
    // In another version the old name may lead to where the tombstone sends its callers, and nowhere else.
    let others = tombstones.values.filter { $0.reference.slug.text == alias.text }
    guard let other = others.min(by: { $0.reference.text < $1.reference.text }),
      !others.contains(where: { $0.successor?.slug.text == flow.name.text })
    else { return }
    reporter.report(.tombstonedAlias(alias, flow: flow.name.text, tombstone: other))
  }

  private func checkReserved(_ name: NameSyntax) {
    if let reservation = reserved[name.text] { reporter.report(.reservedSlug(name, reservation: reservation)) }
  }
}

extension ReferenceSyntax {
  /// `v2/checkout-cart`
  var text: String { "\(version.text)/\(slug.text)" }
}

extension SourceSpan {
  fileprivate func precedes(_ other: SourceSpan) -> Bool { (path, start) < (other.path, other.start) }
}
