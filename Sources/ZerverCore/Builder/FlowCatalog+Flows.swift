import ZerverCatalog

/// A flow of any input and output, for a list of flows.
public protocol CatalogFlow: Sendable {
  /// What a catalog takes from the flow.
  var registration: FlowRegistration { get }
}

/// A flow as a catalog takes it: opaque, made by ``Flow``.
public struct FlowRegistration: Sendable {
  /// `nil` when something is wrong with it.
  let entry: CatalogEntry?
  let definition: FlowDefinition
  let problems: [FlowProblem]
}

extension Flow: CatalogFlow {
  public var registration: FlowRegistration {
    let (entry, problems) = contract.entry()
    let mapped = contract.mappings.map { (code: $0.code, status: UInt16(clamping: $0.status)) }
    let planProblems = plan.problems + plan.problems(mapping: contract.mappings, at: contract.place)
    return FlowRegistration(
      entry: entry,
      definition: FlowDefinition(
        plan, errors: mapped, pathInput: contract.pathInput, place: contract.place, problems: planProblems,
        contractFile: entry.map { FlowContractFile($0, contract) }),
      // Those of the plan come with the definition, when there is an entry for it.
      problems: entry == nil ? problems + planProblems : problems)
  }
}

extension FlowCatalog {
  /// A catalog of flows that are written in Swift. It is served beside the catalogs of `.flow` files, under the same
  /// rules.
  ///
  /// A mistake in a flow does not trap here: ``check(_:)`` throws it, and a server does not start with it.
  public init(_ flows: any CatalogFlow...) { self.init(flows) }

  public init(_ flows: [any CatalogFlow]) {
    var table = AliasTable()
    var entries: [CatalogEntry] = []
    var definitions: [FlowDefinition] = []
    var problems: [FlowProblem] = []
    for registration in flows.map(\.registration) {
      problems += registration.problems
      guard let entry = registration.entry else { continue }
      var extended = table
      extended.add(entry)
      guard extended.collisions.isEmpty else {
        problems += extended.collisions.map { collision in
          let all = entries + [entry]
          let places = definitions.map(\.place) + [registration.definition.place]
          return .collision(
            collision.path, .init(collision.second, all, places), first: .init(collision.first, all, places))
        }
        continue
      }
      table = extended
      entries.append(entry)
      definitions.append(registration.definition)
    }
    guard let catalog = try? Catalog(entries) else { preconditionFailure("entries that collide were left out") }
    self.init(catalog, flows: definitions, problems: problems)
  }
}

extension FlowCatalog {
  /// Finds the mistakes of flows that no compiler has seen: those of plans in Swift, paths that two of the catalogs
  /// claim, successors that do not exist.
  ///
  /// One line in an app's tests says them before its server would:
  ///
  /// ```swift
  /// @Test func flows() throws { try FlowCatalog.check([Routes.catalog, searchCatalog]) }
  /// ```
  public static func check(_ catalogs: [FlowCatalog]) throws(FlowProblems) {
    let problems = problems(of: catalogs)
    if !problems.isEmpty { throw FlowProblems(problems) }
  }

  package static func problems(of catalogs: [FlowCatalog]) -> [FlowProblem] {
    let entries = catalogs.flatMap(\.catalog.entries)
    let flows = catalogs.flatMap(\.flows)
    let places = flows.map(\.place)
    let table = AliasTable(
      entries, tombstones: catalogs.flatMap(\.catalog.tombstones), reservations: catalogs.flatMap(\.catalog.reservations))
    let collisions = table.collisions.map { collision in
      FlowProblem.collision(
        collision.path, .init(collision.second, entries, places), first: .init(collision.first, entries, places))
    }
    return catalogs.flatMap(\.problems) + flows.flatMap(\.problems) + collisions + successorProblems(flows, entries)
  }

  /// The life of a flow that has a file was checked with its file.
  private static func successorProblems(_ flows: [FlowDefinition], _ entries: [CatalogEntry]) -> [FlowProblem] {
    let known = Dictionary(entries.map { ($0.reference, $0) }, uniquingKeysWith: { first, _ in first })
    var successors: [FlowProblem] = []
    for (flow, entry) in zip(flows, entries) where flow.contractFile != nil {
      guard let successor = entry.deprecation?.successor, let place = flow.place else { continue }
      guard let next = known[successor] else {
        successors.append(.unknownSuccessor(successor, at: place))
        continue
      }
      if next.deprecation != nil { successors.append(.deprecatedSuccessor(successor, at: place)) }
    }
    return successors
  }
}

extension FlowProblem.Claim {
  fileprivate init(_ claim: AliasTable.Claim, _ entries: [CatalogEntry], _ places: [FlowPlace?]) {
    func reference(_ entry: Int) -> FlowReference { entries[entry].reference }
    func place(_ entry: Int) -> FlowPlace { places[entry] ?? FlowPlace("\(reference(entry)).flow", 1) }
    switch claim {
    case .flow(let entry): self.init(text: "flow `\(reference(entry))`", kind: .flow, place: place(entry))
    case .alias(let entry, _):
      self.init(text: "an alias of flow `\(reference(entry))`", kind: .alias, place: place(entry))
    case .binding(let entry, _):
      self.init(text: "a path of flow `\(reference(entry))`", kind: .binding, place: place(entry))
    case .tombstone: self.init(text: "the path of a flow that is gone", kind: .gone, place: nil)
    case .reservation: self.init(text: "kept free by a `reserved` line", kind: .reserved, place: nil)
    }
  }
}
