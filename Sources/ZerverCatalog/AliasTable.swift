/// Every path that the flows of a catalog claim, canonical ones and aliases, and who claims it.
///
/// One path has one meaning whatever the method, so a second claim is a collision. The checker reports collisions inside
/// a module as diagnostics; the server reports those between modules when it starts.
public struct AliasTable: Sendable {
  /// Who claims a path. Entries are counted in the order in which they were added.
  public enum Claim: Hashable, Sendable {
    case flow(entry: Int)
    case alias(entry: Int, index: Int)

    public var entry: Int {
      switch self {
      case .flow(let entry), .alias(let entry, _): entry
      }
    }
  }

  /// Two claims of one path. The first one stays in the table.
  public struct Collision: Error, Hashable, Sendable {
    public let path: String
    public let first: Claim
    public let second: Claim
  }

  private var claims: [String: Claim] = [:]
  public private(set) var entryCount = 0
  /// In the order in which they were met.
  public private(set) var collisions: [Collision] = []

  public init() {}

  public init(_ entries: some Sequence<CatalogEntry>) {
    self.init()
    for entry in entries { add(entry) }
  }

  /// Claims the paths of one more entry.
  public mutating func add(_ entry: CatalogEntry) {
    let number = entryCount
    entryCount += 1
    claim(entry.path, for: .flow(entry: number))
    for (index, alias) in entry.aliases.enumerated() {
      claim(entry.path(of: alias), for: .alias(entry: number, index: index))
    }
  }

  public subscript(path: String) -> Claim? { claims[path] }

  private mutating func claim(_ path: String, for claim: Claim) {
    if let first = claims[path] {
      collisions.append(Collision(path: path, first: first, second: claim))
    } else {
      claims[path] = claim
    }
  }
}
