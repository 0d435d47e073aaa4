import FlowLanguage
import ZerverCatalog

/// Which path means what: flows that are gone, aliases, tombstones and reserved slugs.
struct SlugComparison {
  let before: CatalogLock
  let after: CatalogLock
  let flows: FlowPairs
  let today: CalendarDate

  func findings() -> [Finding] {
    flows.removed.compactMap(removed) + flows.pairs.flatMap(aliases) + flows.removed.flatMap(aliasesOfRemoved)
      + tombstones() + reservations()
  }

  private func finding(
    _ code: DiagnosticCode, _ subject: String, _ sentence: String, at place: SourceSpan?, promise: SourceSpan?,
    flow: String? = nil, isExperimental: Bool = false
  ) -> Finding {
    Finding(
      identity: Finding.Identity(code: code, subject: subject), sentence: sentence, place: place, promise: promise,
      flows: flow.map { [$0] } ?? [], isExperimental: isExperimental)
  }

  // MARK: Flows that are gone

  private func removed(_ name: String) -> Finding? {
    guard let block = before[.flow, name] else { return nil }
    func report(_ code: DiagnosticCode, _ sentence: String, at place: SourceSpan? = nil) -> Finding {
      finding(
        code, "flow \(name)", sentence, at: place, promise: block.span, flow: name, isExperimental: block.has("experimental"))
    }
    if let other = after.flow(withAlias: name) {
      let slug = name.drop { $0 != "/" }.dropFirst()
      let place = after[.flow, other]?.span
        .map { FlowPropertyLocator.place(of: "alias \(slug)", CatalogLock.Key(.flow, other), in: $0) }
      return report(.checkSlugRepointed, "`\(name)` was a flow, and is an alias of `\(other)` now.", at: place)
    }
    if block.has("retired") { return tombstoneMissing(name, report) }
    guard block.has("deprecated") else {
      return report(.checkFlowRemoved, "`\(name)` is gone, and it was not deprecated.")
    }
    guard let sunset = block["sunset"].flatMap({ CalendarDate(text: $0) }) else {
      return report(.checkFlowRemoved, "`\(name)` is gone. It was deprecated, and no day of its end was announced.")
    }
    if sunset > today {
      return report(.checkFlowRemovedEarly, "`\(name)` is gone, and it was to be answered until \(sunset). Today is \(today).")
    }
    return tombstoneMissing(name, report)
  }

  private func tombstoneMissing(
    _ name: String, _ report: (DiagnosticCode, String, SourceSpan?) -> Finding
  ) -> Finding? {
    if after[.tombstones].has(name) { return nil }
    return report(.checkTombstoneMissing, "`\(name)` has passed its end and is gone, and no `tombstone` line tells of it.", nil)
  }

  // MARK: Aliases

  private func aliases(_ pair: FlowPairs.Pair) -> [Finding] {
    let now = pair.after.all("alias")
    return pair.before.all("alias").sorted { $0.key < $1.key }.compactMap { slug, fact in
      if let other = now[slug] {
        if other.value == fact.value { return nil }
        return finding(
          .checkAliasModeChanged, "flow \(pair.nameBefore) alias \(slug)",
          "The alias `\(slug)` of `\(pair.nameBefore)` was answered by `\(fact.value)`, and is by `\(other.value)` now.",
          at: other.span.map { FlowPropertyLocator.place(of: "alias \(slug)", CatalogLock.Key(.flow, pair.nameAfter), in: $0) },
          promise: fact.span, flow: pair.nameBefore, isExperimental: pair.isExperimental)
      }
      // The flow has taken the name of its alias: callers of it are answered as before.
      if path(slug, of: pair.nameBefore) == pair.nameAfter { return nil }
      return moved(slug, fact, of: pair.nameBefore, isExperimental: pair.isExperimental)
        ?? finding(
          .checkAliasRemoved, "flow \(pair.nameBefore) alias \(slug)",
          "`\(slug)` was an alias of `\(pair.nameBefore)`, and is none any more.", at: pair.after.span, promise: fact.span,
          flow: pair.nameBefore, isExperimental: pair.isExperimental)
    }
  }

  /// An alias goes with its flow, but it cannot mean something else afterwards.
  private func aliasesOfRemoved(_ name: String) -> [Finding] {
    guard let block = before[.flow, name] else { return [] }
    return block.all("alias").sorted { $0.key < $1.key }.compactMap {
      moved($0.key, $0.value, of: name, isExperimental: block.has("experimental"))
    }
  }

  private func moved(_ slug: String, _ fact: CatalogLock.Fact, of name: String, isExperimental: Bool) -> Finding? {
    let path = path(slug, of: name)
    if let other = after.flow(withAlias: path) {
      return finding(
        .checkAliasRepointed, "flow \(name) alias \(slug)", "`\(path)` was an alias of `\(name)`, and is one of `\(other)` now.",
        at: after[.flow, other]?.span.map {
          FlowPropertyLocator.place(of: "alias \(slug)", CatalogLock.Key(.flow, other), in: $0)
        }, promise: fact.span, flow: name, isExperimental: isExperimental)
    }
    guard let flow = after[.flow, path] else { return nil }
    return finding(
      .checkSlugReused, "flow \(path)", "`\(path)` was an alias of `\(name)`, and is a flow of its own now.", at: flow.span,
      promise: fact.span, flow: name, isExperimental: isExperimental)
  }

  private func path(_ slug: String, of name: String) -> String { "\(name.prefix { $0 != "/" })/\(slug)" }

  // MARK: What must never come back

  private func tombstones() -> [Finding] {
    let now = after[.tombstones]
    return before[.tombstones].facts.sorted { $0.key < $1.key }.compactMap { key, fact in
      let words = key.split(separator: " ").map(String.init)
      let name = words[0]
      if words.count > 1 {
        guard now.has(name), now[key] != fact.value else { return nil }
        let successor = now[key].map { "`\($0)`" } ?? "none"
        return finding(
          .checkTombstoneSuccessorChanged, "tombstone \(key)",
          "The successor of the tombstone `\(name)` was `\(fact.value)`, and is \(successor) now.",
          at: now.facts[name]?.span, promise: fact.span)
      }
      if now.has(name) { return nil }
      let taken = after[.flow, name]?.span ?? after.flow(withAlias: name).flatMap { after[.flow, $0]?.span }
      guard after[.flow, name] == nil, after.flow(withAlias: name) == nil else {
        return finding(
          .checkSlugReused, "flow \(name)", "`\(name)` was a flow that is gone for good, and is answered again.", at: taken,
          promise: fact.span)
      }
      return finding(
        .checkTombstoneRemoved, "tombstone \(name)", "The tombstone of `\(name)` is gone.", at: nil, promise: fact.span)
    }
  }

  private func reservations() -> [Finding] {
    let now = after[.reserved]
    return before[.reserved].facts.sorted { $0.key < $1.key }.filter { !now.has($0.key) }.map { slug, fact in
      let taken = after.names(.flow).first { $0.hasSuffix("/\(slug)") }.flatMap { after[.flow, $0]?.span }
      return finding(
        .checkReservationRemoved, "reserved \(slug)", "`\(slug)` was reserved: \(CatalogLock.unquoted(fact.value))", at: taken,
        promise: fact.span)
    }
  }
}
