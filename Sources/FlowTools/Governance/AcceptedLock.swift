package import FlowLanguage
package import ZerverCatalog

/// The lock that `route-gen accept` writes: what the catalog promises now, the rules that it is under, and every breaking
/// change that was ever accepted.
package struct AcceptedLock {
  private let lock: CatalogLock

  /// - Parameters:
  ///   - previous: the lock that is replaced. Its record of breaking changes is kept.
  ///   - breaking: what is accepted now, for the reason.
  package init(
    current: CatalogLock, previous: CatalogLock?, settings: GovernanceSettings, breaking: [BreakingChange], reason: String,
    day: CalendarDate
  ) {
    var lock = current
    lock[.settings] = settings.block
    for name in previous?.names(.breaking) ?? [] { lock[.breaking, name] = previous?[.breaking, name] }
    for change in breaking {
      var block = lock[.breaking, day.description] ?? CatalogLock.Block()
      block.set(AcceptedChanges.key(change.code, change.subject), CatalogLock.quoted(reason))
      lock[.breaking, day.description] = block
    }
    self.lock = lock
  }

  package var text: String { lock.text }
}
