import ZerverCatalog

/// Who claims which path, with the places for messages.
struct CatalogClaims {
  private(set) var entries: [CatalogEntry] = []
  private(set) var tombstones: [Tombstone] = []
  /// Each slug once.
  private(set) var reservations: [SlugReservation] = []
  /// Where tombstones and reservations in Swift stand, by version and slug or by slug.
  private(set) var retiredPlaces: [String: FlowPlace] = [:]
  private var places: [FlowPlace?] = []
  private var table = AliasTable()

  /// What claims a path that is taken is left out.
  mutating func add(_ entry: CatalogEntry, at place: FlowPlace?) -> [FlowProblem] {
    var extended = table
    extended.add(entry)
    entries.append(entry)
    places.append(place)
    let problems = problems(in: extended)
    if problems.isEmpty {
      table = extended
    } else {
      entries.removeLast()
      places.removeLast()
    }
    return problems
  }

  mutating func add(_ tombstone: Tombstone, at place: FlowPlace?) -> [FlowProblem] {
    let name = "\(tombstone.reference)"
    // The path is taken already. Between two modules of `.flow` files that is left to what else they claim.
    if tombstones.contains(where: { $0.reference == tombstone.reference }) {
      return place.map { [.repeatedRetirement("tombstone", of: name, at: $0, first: retiredPlaces[name])] } ?? []
    }
    var extended = table
    extended.add(tombstone)
    tombstones.append(tombstone)
    retiredPlaces[name] = place
    let problems = problems(in: extended)
    if problems.isEmpty {
      table = extended
    } else {
      tombstones.removeLast()
      retiredPlaces[name] = nil
    }
    return problems
  }

  /// - Returns: what is wrong with a second line for one slug.
  mutating func add(_ reservation: SlugReservation, at place: FlowPlace?) -> FlowProblem? {
    let name = reservation.slug.text
    if reservations.contains(where: { $0.slug == reservation.slug }) {
      return place.map { .repeatedRetirement("reserved slug", of: name, at: $0, first: retiredPlaces[name]) }
    }
    table.add(reservation)
    reservations.append(reservation)
    retiredPlaces[name] = place
    return nil
  }

  private func problems(in extended: AliasTable) -> [FlowProblem] {
    extended.collisions.map { .collision($0.path, claim($0.second), first: claim($0.first)) }
  }

  private func claim(_ claim: AliasTable.Claim) -> FlowProblem.Claim {
    func reference(_ entry: Int) -> FlowReference { entries[entry].reference }
    func place(_ entry: Int) -> FlowPlace { places[entry] ?? FlowPlace("\(reference(entry)).flow", 1) }
    switch claim {
    case .flow(let entry): return .init(text: "flow `\(reference(entry))`", kind: .flow, place: place(entry))
    case .alias(let entry, _): return .init(text: "an alias of flow `\(reference(entry))`", kind: .alias, place: place(entry))
    case .binding(let entry, _): return .init(text: "a path of flow `\(reference(entry))`", kind: .binding, place: place(entry))
    case .tombstone(let number):
      let name = "\(tombstones[number].reference)"
      return .init(text: "the path of a flow that is gone", kind: .gone, place: retiredPlaces[name])
    case .reservation(let number):
      let reservation = reservations[number]
      return .init(
        text: "kept free in every version", kind: .reserved(reason: reservation.reason), place: retiredPlaces[reservation.slug.text])
    }
  }
}
