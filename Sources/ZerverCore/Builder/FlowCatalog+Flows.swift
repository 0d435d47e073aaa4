public import ZerverCatalog

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
        plan, errors: mapped, pathInput: contract.pathInput, place: contract.place, problems: planProblems, contract: contract),
      // Those of the plan come with the definition, when there is an entry for it.
      problems: entry == nil ? problems + planProblems : problems)
  }
}

extension FlowCatalog {
  /// A catalog of flows that are written in Swift. It is served beside the catalogs of `.flow` files, under the same
  /// rules.
  ///
  /// A mistake in a flow does not trap here: ``check(_:today:)`` throws it, and a server does not start with it.
  ///
  /// - Parameters:
  ///   - tombstones: flows that are gone.
  ///   - reserved: slugs that no flow may have, of this catalog and of those that are served beside it.
  public init(_ flows: any CatalogFlow..., tombstones: [FlowTombstone] = [], reserved: [ReservedSlug] = []) {
    self.init(flows, tombstones: tombstones, reserved: reserved)
  }

  public init(_ flows: [any CatalogFlow], tombstones: [FlowTombstone] = [], reserved: [ReservedSlug] = []) {
    var claims = CatalogClaims()
    var definitions: [FlowDefinition] = []
    var problems: [FlowProblem] = []
    for slug in reserved {
      guard let reservation = slug.reservation(&problems) else { continue }
      if let problem = claims.add(reservation, at: slug.place) { problems.append(problem) }
    }
    for tombstone in tombstones {
      if let valid = tombstone.tombstone(&problems) { problems += claims.add(valid, at: tombstone.place) }
    }
    for registration in flows.map(\.registration) {
      problems += registration.problems
      guard let entry = registration.entry else { continue }
      let collisions = claims.add(entry, at: registration.definition.place)
      problems += collisions
      if collisions.isEmpty { definitions.append(registration.definition) }
    }
    let packed = try? Catalog(claims.entries, tombstones: claims.tombstones, reservations: claims.reservations)
    guard let packed else { preconditionFailure("what collides was left out") }
    self.init(packed, flows: definitions, problems: problems, retiredPlaces: claims.retiredPlaces)
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
  ///
  /// - Parameter today: `nil` asks nothing that depends on the day, so that a test does not fail by itself one morning.
  /// - Returns: warnings: flows that work, and should perhaps be otherwise.
  @discardableResult
  public static func check(_ catalogs: [FlowCatalog], today: CalendarDate? = nil) throws(FlowProblems) -> [FlowProblem] {
    let problems = problems(of: catalogs, today: today)
    if problems.haveErrors { throw FlowProblems(problems.filter { $0.severity == .error }) }
    return FlowProblems(problems).problems
  }

  /// Errors and warnings.
  @_spi(Server) public static func problems(of catalogs: [FlowCatalog], today: CalendarDate? = nil) -> [FlowProblem] {
    var claims = CatalogClaims()
    var collisions: [FlowProblem] = []
    for catalog in catalogs {
      // Several modules may reserve one slug.
      for reservation in catalog.catalog.reservations {
        _ = claims.add(reservation, at: catalog.retiredPlaces[reservation.slug.text])
      }
    }
    for catalog in catalogs {
      for tombstone in catalog.catalog.tombstones {
        collisions += claims.add(tombstone, at: catalog.retiredPlaces["\(tombstone.reference)"])
      }
    }
    let flows = catalogs.flatMap { zip($0.catalog.entries, $0.flows) }
    for (entry, flow) in flows { collisions += claims.add(entry, at: flow.place) }
    return catalogs.flatMap(\.problems) + flows.flatMap { FlowReview(entry: $0, flow: $1, today: today).problems } + collisions
      + successorProblems(flows) + retiredProblems(catalogs, flows)
  }

  /// The life of a flow that has a file was checked with its file.
  private static func successorProblems(_ flows: [(CatalogEntry, FlowDefinition)]) -> [FlowProblem] {
    flows.compactMap { entry, flow in
      guard let successor = entry.deprecation?.successor, let end = flow.contract?.endOfLife else { return nil }
      return problem(of: successor, in: flows, at: end.place)
    }
  }

  private static func problem(
    of successor: FlowReference, in flows: [(CatalogEntry, FlowDefinition)], at place: FlowPlace
  ) -> FlowProblem? {
    guard let (next, flow) = flows.first(where: { $0.0.reference == successor }) else { return .unknownSuccessor(successor, at: place) }
    if next.deprecation == nil { return nil }
    return .deprecatedSuccessor(successor, at: place, end: flow.contract?.endOfLife?.place ?? flow.place)
  }

  /// What is wrong with tombstones in Swift, and with aliases in Swift that have the name of one.
  private static func retiredProblems(_ catalogs: [FlowCatalog], _ flows: [(CatalogEntry, FlowDefinition)]) -> [FlowProblem] {
    var problems: [FlowProblem] = []
    for catalog in catalogs {
      for tombstone in catalog.catalog.tombstones {
        guard let successor = tombstone.successor, let place = catalog.retiredPlaces["\(tombstone.reference)"] else { continue }
        problems += [problem(of: successor, in: flows, at: place)].compactMap { $0 }
      }
    }
    let tombstones = catalogs.flatMap(\.catalog.tombstones).sorted { "\($0.reference)" < "\($1.reference)" }
    for (entry, flow) in flows {
      for alias in flow.contract?.aliases ?? [] {
        // In another version the old name may lead to where the tombstone sends its callers, and nowhere else. In the same
        // version, the two claim one path.
        let others = tombstones.filter { $0.reference.slug.text == alias.slug }
        guard let other = others.first, !others.contains(where: { $0.successor?.slug == entry.slug || $0.reference.version == entry.version })
        else { continue }
        problems.append(.tombstonedAlias(other.reference.slug, of: entry.reference, other, at: alias.place))
      }
    }
    return problems
  }
}
