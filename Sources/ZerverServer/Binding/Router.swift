import ZerverCatalog
import ZerverCore

/// One flow, bound to what a server adds to it: a place in the metrics, its policy, and its bytes.
struct BoundFlow: ~Copyable {
  let index: Int
  let entry: CatalogEntry
  let plan: MachinePlan
  let decode: FlowDefinition.Decode
  let run: FlowDefinition.Run
  let test: FlowDefinition.Test
  let release: FlowDefinition.Release
  let errors: [(code: String, status: UInt16)]
  let frameBytes: Int
  let method: FlowMethod
  let priority: PriorityClass
  /// From the first byte of a request to its answer.
  let deadlineNanoseconds: UInt64
  /// `/flow/v2/checkout-cart`
  let path: UnsafeRawBufferPointer
  /// Complete header lines, with their line ends; empty for a flow that is not deprecated.
  let deprecationLines: UnsafeRawBufferPointer
  /// Complete header lines for an answer under an alias that serves.
  let canonicalLines: UnsafeRawBufferPointer

  func status(ofError code: String) -> UInt16? {
    for error in errors where error.code == code { return error.status }
    return nil
  }
}

/// Every path of a server and what it means. Built once, read by all workers, never changed.
final class Router: Sendable {
  enum Match {
    case flow(UnsafePointer<BoundFlow>, isAlias: Bool)
    case redirect(UnsafePointer<BoundFlow>)
    case catalog
    case metrics
    case none
  }

  let catalog: Catalog
  // Never written after `init`, and freed with the router, which every worker holds as long as it runs.
  private nonisolated(unsafe) let table: UnsafeMutablePointer<BoundFlow>
  let count: Int

  init(_ catalogs: [FlowCatalog], profiles: ServerConfiguration.Profiles) throws(AliasTable.Collision) {
    let merged = try Catalog(merging: catalogs.map(\.catalog))
    catalog = merged
    let definitions = catalogs.flatMap(\.flows)
    count = definitions.count
    table = .allocate(capacity: max(1, count))
    for (index, definition) in definitions.enumerated() {
      let entry = merged.entry(at: index)
      let profile = profiles[entry.profile]
      (table + index).initialize(
        to: BoundFlow(
          index: index, entry: entry, plan: MachinePlan(definition.plan), decode: definition.decode, run: definition.run,
          test: definition.test, release: definition.release, errors: definition.errors, frameBytes: definition.frameBytes,
          method: entry.method, priority: profile.priority,
          deadlineNanoseconds: entry.deadlineNanoseconds.map(UInt64.init)
            ?? UInt64(profile.deadline.nanosecondsWhole),
          path: merged.path(at: index), deprecationLines: merged.deprecationLines(at: index),
          canonicalLines: merged.canonicalLines(at: index)))
    }
  }

  deinit {
    table.deinitialize(count: count)
    table.deallocate()
  }

  func flow(_ index: Int) -> UnsafePointer<BoundFlow> {
    precondition(index >= 0 && index < count, "a flow of this server")
    return UnsafePointer(table + index)
  }

  /// What the metrics are labelled with, by index.
  var metricsFlows: [Metrics.Flow] {
    (0..<count).map { index in
      let entry = flow(index).pointee.entry
      return Metrics.Flow(
        slug: entry.slug.text, version: entry.version.number, method: entry.method.rawValue, path: entry.path)
    }
  }

  func match(_ path: UnsafeRawBufferPointer) -> Match {
    switch catalog.lookup(path) {
    case .flow(let index): return .flow(flow(index), isAlias: false)
    case .alias(let index, .serve): return .flow(flow(index), isAlias: true)
    case .alias(let index, .redirect): return .redirect(flow(index))
    case nil: break
    }
    if path.elementsEqual("/flow/v1/catalog".utf8) { return .catalog }
    if path.elementsEqual("/metrics".utf8) { return .metrics }
    return .none
  }
}
