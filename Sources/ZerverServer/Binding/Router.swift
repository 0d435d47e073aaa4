import ZerverCatalog
@_spi(Server) import ZerverCore

/// Every path of a server and what it means. Built once, read by all workers, never changed.
final class Router: Sendable {
  enum Match {
    case flow(UnsafePointer<BoundFlow>, isAlias: Bool)
    case redirect(UnsafePointer<BoundFlow>)
    /// A REST path, by its number in `routes`.
    case route(UnsafePointer<BoundFlow>, Int)
    /// A REST path that has other methods only.
    case otherMethods(FlowMethods)
    /// By its number in `tombstones`.
    case tombstone(Int)
    case document(ServerDocument)
    case none
  }

  let catalog: Catalog
  // Never written after `init`, and freed with the router, which every worker holds as long as it runs.
  private nonisolated(unsafe) let table: UnsafeMutablePointer<BoundFlow>
  let count: Int
  let routes: [BoundRoute]
  private let trie: RouteTrie
  let tombstones: [BoundTombstone]
  /// The limits of the profiles that have one: requests that one worker may have in flight.
  let caps: [Int]
  /// Some flow has to know its caller.
  let asksForCaller: Bool
  /// Some flow takes its input in parts.
  let takesParts: Bool

  init(_ catalogs: [FlowCatalog], profiles: ServerConfiguration.Profiles) throws(AliasTable.Collision) {
    let merged = try Catalog(merging: catalogs.map(\.catalog))
    catalog = merged
    let definitions = catalogs.flatMap(\.flows)
    let entries = merged.entries
    count = definitions.count
    var capped: [FlowProfile] = []
    table = .allocate(capacity: max(1, count))
    for (index, definition) in definitions.enumerated() {
      let profile = entries[index].profile
      if profile.inFlightMax != nil, !capped.contains(profile) { capped.append(profile) }
      (table + index).initialize(
        to: BoundFlow(
          definition, at: index, of: merged, profile: profiles[profile], cap: capped.firstIndex(of: profile) ?? -1))
    }
    caps = capped.compactMap(\.inFlightMax)
    routes = zip(entries, definitions).enumerated().flatMap { index, pair in
      pair.0.bindings.map { BoundRoute(flow: index, method: $0.method, input: PathInput($0, pair.1.pathInput)) }
    }
    trie = RouteTrie(entries.flatMap(\.bindings))
    tombstones = merged.tombstones.map { BoundTombstone($0) }
    takesParts = definitions.contains { $0.decodePart != nil }
    asksForCaller = entries.contains { $0.tenantScope != .none || !$0.requirements.isEmpty }
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

  /// What a path is that flows, aliases, tombstones and documents have for themselves.
  func match(_ path: UnsafeRawBufferPointer) -> Match {
    switch catalog.lookup(path) {
    case .flow(let index): return .flow(flow(index), isAlias: false)
    case .alias(let index, .serve): return .flow(flow(index), isAlias: true)
    case .alias(let index, .redirect): return .redirect(flow(index))
    case .tombstone(let index): return .tombstone(index)
    case nil: return ServerDocument(path: path).map(Match.document) ?? .none
    }
  }

  /// What a path is that is nobody's own, among those that flows are bound to.
  func match(bound path: UnsafeRawBufferPointer, _ method: HTTPMethod) -> Match {
    switch trie.match(path, method) {
    case .binding(let number): .route(flow(routes[number].flow), number)
    case .otherMethods(let methods): .otherMethods(methods)
    case .none: .none
    }
  }
}
