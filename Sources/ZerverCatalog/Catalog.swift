/// Reads a packed catalog in place.
public struct Catalog: Sendable {
  public init(packed: StaticString) {}
  public var count: Int { 0 }
}
