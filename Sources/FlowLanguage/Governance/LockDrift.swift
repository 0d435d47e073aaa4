/// Where the files say something else than what was last accepted. It judges nothing: whether a difference breaks
/// callers is what `route-gen check` says.
struct LockDrift {
  let lock: CatalogLock
  let current: CatalogLock

  /// One report for each flow and each declaration, at its first line that differs.
  func diagnostics() -> [Diagnostic] {
    let keys = Set(lock.blocks.keys).union(current.blocks.keys).filter { $0.kind != .settings && $0.kind != .breaking }
    return keys.sorted().compactMap { key in
      switch (lock.blocks[key], current.blocks[key]) {
      case (let accepted?, let now?): changed(key, accepted, now)
      case (nil, let now?): now.span.map { .driftAdded(key, at: FlowPropertyLocator.place(of: "", key, in: $0)) }
      case (let accepted?, nil): accepted.span.map { .driftRemoved(key, at: $0) }
      case (nil, nil): nil
      }
    }
  }

  private func changed(_ key: CatalogLock.Key, _ accepted: CatalogLock.Block, _ now: CatalogLock.Block) -> Diagnostic? {
    let facts = Set(accepted.facts.keys).union(now.facts.keys).filter { accepted[$0] != now[$0] }.sorted()
    guard let first = facts.first else { return nil }
    // A fact that is gone has no line of its own any more.
    let places = facts.compactMap { fact in now.facts[fact]?.span.map { (fact, $0) } }
    let place = places.first.map { FlowPropertyLocator.place(of: $0.0, key, in: $0.1) } ?? now.span
    guard let place = place ?? accepted.facts[first]?.span ?? accepted.span else { return nil }
    return .driftChanged(key, at: place, facts.map { (accepted.line($0), now.line($0)) })
  }
}

extension CatalogLock.Block {
  /// A fact as its line has it; `nil` when it is not there.
  package func line(_ key: String) -> String? { self[key].map { CatalogLock.line(key, $0) } }
}
