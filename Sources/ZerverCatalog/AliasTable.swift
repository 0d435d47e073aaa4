/// Every path that the flows of a catalog claim and who claims it: canonical paths, aliases, REST bindings, and the paths
/// and slugs that nobody may have any more.
///
/// One path of a flow has one meaning whatever the method, so a second claim is a collision; a REST path has one meaning for
/// each method. The checker reports collisions inside a module as diagnostics; the server reports those between modules
/// when it starts.
public struct AliasTable: Sendable {
  /// Who claims a path. Entries, tombstones and reservations are counted in the order in which they were added.
  public enum Claim: Hashable, Sendable {
    case flow(entry: Int)
    case alias(entry: Int, index: Int)
    case binding(entry: Int, index: Int)
    case tombstone(Int)
    /// The slug is reserved in every version.
    case reservation(Int)
  }

  /// Two claims of one path. The first one stays in the table.
  public struct Collision: Error, Hashable, Sendable {
    /// `/flow/v1/pay-cart`, or `GET /orders/{}` for a binding.
    public let path: String
    public let first: Claim
    public let second: Claim
  }

  private var claims: [String: Claim] = [:]
  private var reservedSlugs: [Slug: Int] = [:]
  private var tombstoneCount = 0
  public private(set) var entryCount = 0
  /// In the order in which they were met.
  public private(set) var collisions: [Collision] = []

  public init() {}

  public init(
    _ entries: some Sequence<CatalogEntry>, tombstones: [Tombstone] = [], reservations: [SlugReservation] = []
  ) {
    self.init()
    for reservation in reservations { add(reservation) }
    for tombstone in tombstones { add(tombstone) }
    for entry in entries { add(entry) }
  }

  /// Claims the paths of one more entry.
  public mutating func add(_ entry: CatalogEntry) {
    let number = entryCount
    entryCount += 1
    claim(entry.reference, for: .flow(entry: number))
    for (index, alias) in entry.aliases.enumerated() {
      claim(FlowReference(alias.slug, entry.version), for: .alias(entry: number, index: index))
    }
    for (index, binding) in entry.bindings.enumerated() { claim(binding.shape, for: .binding(entry: number, index: index)) }
  }

  public mutating func add(_ tombstone: Tombstone) {
    claim(tombstone.reference, for: .tombstone(tombstoneCount))
    tombstoneCount += 1
  }

  /// Only what is added afterwards is held against it. A slug that several modules reserve is reserved once.
  public mutating func add(_ reservation: SlugReservation) {
    if reservedSlugs[reservation.slug] == nil { reservedSlugs[reservation.slug] = reservedSlugs.count }
  }

  public subscript(path: String) -> Claim? { claims[path] }

  private mutating func claim(_ reference: FlowReference, for claim: Claim) {
    if let reservation = reservedSlugs[reference.slug] {
      collisions.append(Collision(path: reference.path, first: .reservation(reservation), second: claim))
    }
    self.claim(reference.path, for: claim)
  }

  private mutating func claim(_ path: String, for claim: Claim) {
    if let first = claims[path] {
      collisions.append(Collision(path: path, first: first, second: claim))
    } else {
      claims[path] = claim
    }
  }
}

extension AliasTable.Collision: CustomStringConvertible {
  public var description: String { "\(path) is claimed twice: by \(first) and by \(second)" }
}
