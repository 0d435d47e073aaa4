package import FlowLanguage
package import ZerverCatalog

/// Compares what a catalog promises with what it has promised before. What a caller sends may only widen, what it
/// receives may only narrow.
package struct CatalogCheck {
  let before: CatalogLock
  let after: CatalogLock
  let today: CalendarDate
  /// A sunset is announced this long before it comes.
  let sunsetGraceDays: Int
  private var findings: [Finding.Identity: Finding] = [:]

  private init(before: CatalogLock, after: CatalogLock, today: CalendarDate, sunsetGraceDays: Int) {
    self.before = before
    self.after = after
    self.today = today
    self.sunsetGraceDays = sunsetGraceDays
  }

  /// Every rule that the catalog breaks, in the order of codes and subjects.
  /// - Parameter accepted: the lock of the working copy: what it records as accepted is reported and does not fail.
  package static func changes(
    from before: CatalogLock, to after: CatalogLock, today: CalendarDate, sunsetGraceDays: Int = 0,
    accepted: CatalogLock? = nil
  ) -> [BreakingChange] {
    var check = CatalogCheck(before: before, after: after, today: today, sunsetGraceDays: sunsetGraceDays)
    check.run()
    // What both locks record was accepted before there was a `before`.
    let reasons = AcceptedChanges(accepted ?? CatalogLock(), besides: before)
    return check.findings.values.sorted { $0.identity < $1.identity }.map { $0.change(reasons: reasons) }
  }

  private mutating func run() {
    var flows = FlowPairs(before: before, after: after)
    flows.match()
    for pair in flows.pairs {
      report(FlowComparison(pair: pair, before: before, after: after, today: today, sunsetGraceDays: sunsetGraceDays).findings())
      report(ContractComparison.findings(of: pair, before: before, after: after))
    }
    report(SlugComparison(before: before, after: after, flows: flows, today: today).findings())
  }

  /// One report per cause: a record of ten flows that loses a field is one finding that names ten flows.
  private mutating func report(_ found: [Finding]) {
    for finding in found {
      if findings[finding.identity] == nil {
        findings[finding.identity] = finding
      } else {
        findings[finding.identity]?.flows.formUnion(finding.flows)
        if !finding.isExperimental { findings[finding.identity]?.isExperimental = false }
      }
    }
  }
}

/// A rule that a catalog breaks, and what the lock calls it.
package struct BreakingChange {
  package let code: DiagnosticCode
  /// What has changed: `flow v1/show-cart deadline`.
  package let subject: String
  package let diagnostic: Diagnostic

  /// Whether `route-gen accept` asks for a reason.
  package var isError: Bool { diagnostic.severity == .error }
}

/// Which flow of before became which one of now.
struct FlowPairs {
  struct Pair {
    let before: CatalogLock.Block
    let after: CatalogLock.Block
    let nameBefore: String
    let nameAfter: String
    /// Nothing was promised.
    var isExperimental: Bool { before.has("experimental") }
  }

  let before: CatalogLock
  let after: CatalogLock
  private(set) var pairs: [Pair] = []
  /// Flows of before that no path leads to any more.
  private(set) var removed: [String] = []

  init(before: CatalogLock, after: CatalogLock) {
    self.before = before
    self.after = after
  }

  mutating func match() {
    for name in before.names(.flow) {
      guard let block = before[.flow, name] else { continue }
      if let other = after[.flow, name] {
        pairs.append(Pair(before: block, after: other, nameBefore: name, nameAfter: name))
      } else if let successor = renamed(name), let other = after[.flow, successor] {
        pairs.append(Pair(before: block, after: other, nameBefore: name, nameAfter: successor))
      } else {
        removed.append(name)
      }
    }
  }

  /// A new flow that answers the old name as its alias is the old flow under a better name.
  private func renamed(_ name: String) -> String? {
    guard let alias = after.flow(withAlias: name), before[.flow, alias] == nil else { return nil }
    return alias
  }
}

extension CatalogLock {
  /// The flow that has this path as an alias.
  func flow(withAlias path: String) -> String? {
    let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    return names(.flow).first { $0.hasPrefix(parts[0] + "/") && blocks[Key(.flow, $0)]?.has("alias \(parts[1])") == true }
  }
}
